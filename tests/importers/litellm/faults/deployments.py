"""Deployments that the program leaves out, never calls, or has twice."""

from __future__ import annotations

from tests.importers.litellm.faults.fault import (
    AZURE,
    CLOUDS,
    EDGES,
    FLASH,
    FRANCE,
    FRANCE_MINI,
    GPU_03,
    HERE,
    INCLUDED,
    OWN,
    PLATFORM,
    TEAM,
    TITAN,
    WHISPER,
    f,
    gone,
    marked,
)

FLASH_IN_FLOW = (
    "- {litellm_params: {vertex_location: europe-west4, model: vertex_ai/gemini-2.5-flash, "
    f"vertex_project: os.environ/VERTEX_PROJECT}}, {HERE}model_name: flash}}\n"
)
SMART_IN_FLOW = f"""\
  - {HERE}model_name: smart
    litellm_params: {{<<: *openai, model: openai/gpt-4.1, tags: ["paid"]}}
    model_info: *chat
"""
CREDENTIAL = """\
  - credential_name: azure-eu
    credential_values:
      api_key: os.environ/AZURE_EU_KEY
      api_base: os.environ/AZURE_EU_BASE
"""

FAULTS = [
    # ── Deployments ──
    f(
        "a deployment twice",
        TEAM,
        "WRP261",
        "warning",
        (WHISPER, WHISPER + "\n" + WHISPER.replace("- model", f"- {HERE}model")),
    ),
    f(
        "a deployment twice in flow, in another order",
        CLOUDS,
        "WRP261",
        "warning",
        (
            FLASH,
            FLASH + FLASH_IN_FLOW,
        ),
        also=EDGES,
    ),
    f(
        "a deployment twice by an anchor",
        CLOUDS,
        "WRP261",
        "warning",
        ("- model_name: flash\n", f"- &flash\n  {HERE}model_name: flash\n"),
        ("\nrouter_settings:\n", "\n- *flash\n\nrouter_settings:\n"),
        also=EDGES,
    ),
    f(
        "a deployment twice by a merge",
        PLATFORM,
        "WRP261",
        "warning",
        (
            "  - model_name: thinking\n",
            SMART_IN_FLOW + "  - model_name: thinking\n",
        ),
    ),
    f("one id for two", AZURE, "WRP154", "warning", ("      id: sweden-b\n", f"      id: {HERE}sweden-a\n")),
    f(
        "no weight beside weights",
        OWN,
        "WRP352",
        "warning",
        gone("      weight: 1\n"),
        (
            GPU_03,
            marked(GPU_03),
        ),
    ),
    f(
        "no order beside orders",
        AZURE,
        "WRP352",
        "warning",
        (
            FRANCE,
            marked(FRANCE.replace("      order: 2\n", "")),
        ),
        also={},
    ),
    f(
        "no rpm beside rpms",
        AZURE,
        "WRP352",
        "warning",
        (
            FRANCE_MINI,
            marked(FRANCE_MINI),
        ),
        gone("      rpm: 1000\n"),
    ),
    f(
        "no tpm beside tpms",
        AZURE,
        "WRP352",
        "warning",
        (
            FRANCE_MINI,
            marked(FRANCE_MINI),
        ),
        ("      rpm: 1000\n      tpm: 100000\n", ""),
        gone("      rpm: 3000\n"),
    ),
    f(
        "weights that a strategy does not take",
        CLOUDS,
        "WRP264",
        "warning",
        ("    aws_region_name: eu-west-1\n", f"    aws_region_name: eu-west-1\n    {HERE}weight: 2\n"),
    ),
    f("a weight as text", OWN, "WRP152", "error", ("      weight: 1\n", f'      weight: {HERE}"1"\n'), also={}),
    f("a weight in words", OWN, "WRP152", "error", ("      weight: 1\n", f"      weight: {HERE}low\n")),
    f("a weight of yes and no", OWN, "WRP152", "warning", ("      weight: 1\n", f"      weight: {HERE}yes\n")),
    f(
        "a weight from the environment",
        OWN,
        "WRP152",
        "error",
        ("      weight: 1\n", f"      weight: {HERE}os.environ/WEIGHT\n"),
    ),
    f("a weight below 0", OWN, "WRP153", "warning", ("      weight: 1\n", f"      weight: {HERE}-1\n")),
    f("an order in words", AZURE, "WRP152", "error", ("      order: 2\n", f"      order: {HERE}second\n")),
    f(
        "an rpm in words",
        AZURE,
        "WRP152",
        "error",
        ("      rpm: 100\n", f"      rpm: {HERE}unlimited\n"),
        also={"WRP151": "the group has no deployment left"},
    ),
    f(
        "a price in words",
        OWN,
        "WRP152",
        "error",
        ("      input_cost_per_token: 0.0000001\n", f"      input_cost_per_token: {HERE}free\n"),
    ),
    f(
        "a version as a date",
        AZURE,
        "WRP152",
        "error",
        ('      api_version: "2024-10-21"\n', f"      api_version: {HERE}2024-10-21\n"),
    ),
    f("a timeout with its unit", TEAM, "WRP152", "error", ("      timeout: 20 ", f"      timeout: {HERE}20s ")),
    f(
        "a timeout with its unit by a merge",
        PLATFORM,
        "WRP152",
        "error",
        ("  timeout: 60\n  max_retries", f'  timeout: {HERE}"60s"\n  max_retries'),
    ),
    f("a timeout below 0", TEAM, "WRP153", "error", ("      timeout: 20 ", f"      timeout: {HERE}-20 ")),
    f(
        "a model of an unknown provider",
        TEAM,
        "WRP166",
        "error",
        ("      model: openai/gpt-4.1-mini\n", f"      model: {HERE}opnai/gpt-4.1-mini\n"),
    ),
    f(
        "a provider that nobody knows",
        OWN,
        "WRP166",
        "error",
        (
            "      model: openai/BAAI/bge-m3          # text",
            f"      custom_llm_provider: {HERE}tei\n      model: BAAI/bge-m3   # text",
        ),
        also={"WRP204": "its route refuses, as the default does"},
    ),
    f(
        "an unknown prefix in quotes",
        OWN,
        "WRP166",
        "error",
        ("      model: ollama/llama3.2:3b\n", f"      model: {HERE}'olama/llama3.2:3b'\n"),
    ),
    f(
        "an unknown prefix with an address",
        INCLUDED,
        "WRP166",
        "error",
        ("      model: openai/site-llm\n", f"      model: {HERE}hamburg/site-llm\n"),
        file="parts/site.yaml",
    ),
    f(
        "a model that the release dropped",
        TEAM,
        "WRP165",
        "error",
        ("      model: anthropic/claude-haiku-4-5\n", f"      model: {HERE}claude-3-haiku-20240307\n"),
    ),
    f(
        "a model of nobody",
        INCLUDED,
        "WRP165",
        "error",
        ("      model: mistral/mistral-large-latest\n", f"      model: {HERE}grand-mistral\n"),
    ),
    f(
        "a deployment without a model",
        TEAM,
        "WRP157",
        "error",
        (
            "    litellm_params:\n      model: openai/whisper-1\n      api_key: os.environ/OPENAI_API_KEY\n",
            f"    {HERE}litellm_params:\n      api_key: os.environ/OPENAI_API_KEY\n",
        ),
    ),
    f(
        "a deployment of an empty model",
        TEAM,
        "WRP157",
        "error",
        ("      model: openai/whisper-1\n", f"      {HERE}model:\n"),
    ),
    f(
        "a model that is a number",
        TEAM,
        "WRP152",
        "error",
        ("      model: openai/whisper-1\n", f"      model: {HERE}1\n"),
    ),
    f(
        "a deployment without a name",
        CLOUDS,
        "WRP157",
        "error",
        ("- model_name: titan-embed\n  litellm_params", f"- {HERE}litellm_params"),
    ),
    f(
        "a name that is a number",
        TEAM,
        "WRP152",
        "error",
        ("  - model_name: dictation\n", f"  - model_name: {HERE}1\n"),
    ),
    f(
        "a name that is a date",
        TEAM,
        "WRP152",
        "error",
        ("  - model_name: dictation\n", f"  - model_name: {HERE}2025-01-01\n"),
    ),
    f("a name that is a yes", TEAM, "WRP152", "error", ("  - model_name: dictation\n", f"  - model_name: {HERE}on\n")),
    f(
        "a name that is a list",
        TEAM,
        "WRP152",
        "error",
        ("  - model_name: dictation\n", f"  - model_name: {HERE}[dictation]\n"),
    ),
    f(
        "a deployment without parameters",
        CLOUDS,
        "WRP157",
        "error",
        (
            TITAN,
            f"- {HERE}model_name: titan-embed\n",
        ),
    ),
    f(
        "parameters with a misspelt key",
        TEAM,
        "WRP157",
        "error",
        ("  - model_name: dictation\n    litellm_params:\n", f"  - {HERE}model_name: dictation\n    litellm_param:\n"),
        also={"WRP150": "the misspelt key itself"},
    ),
    f(
        "parameters as a list",
        CLOUDS,
        "WRP152",
        "error",
        (
            "  litellm_params:\n    model: bedrock/amazon.titan-embed-text-v2:0\n    aws_region_name: eu-central-1\n",
            f"  litellm_params:\n  {HERE}- model: titan\n  - aws_region_name: eu-central-1\n",
        ),
    ),
    f(
        "an empty model's info",
        TEAM,
        "WRP152",
        "error",
        ("    model_info:\n      mode: audio_transcription\n", f"    {HERE}model_info:\n"),
    ),
    f(
        "a model's info as a list",
        TEAM,
        "WRP152",
        "error",
        ("    model_info:\n      mode: audio_transcription\n", f"    model_info: {HERE}[audio_transcription]\n"),
    ),
    f("a deployment that is a word", TEAM, "WRP152", "error", (WHISPER, f"  - {HERE}dictation\n")),
    f("an empty deployment", TEAM, "WRP152", "error", (WHISPER, f"  - {HERE}~\n")),
    f("a misspelt parameter", TEAM, "WRP169", "info", ("      temperature: 0.2\n", f"      {HERE}temprature: 0.2\n")),
    f(
        "an endpoint of another name",
        OWN,
        "WRP169",
        "info",
        ("      api_base: http://tei.internal:8080/v1\n", f"      {HERE}api_endpoint: http://tei.internal:8080/v1\n"),
    ),
    f(
        "a credential of nobody by a merge",
        PLATFORM,
        "WRP151",
        "warning",
        ("  litellm_credential_name: azure-eu\n", f"  litellm_credential_name: {HERE}azure-us\n"),
    ),
    f(
        "a credential without values",
        PLATFORM,
        "WRP157",
        "error",
        (
            CREDENTIAL,
            f"  - {HERE}credential_name: azure-eu\n",
        ),
    ),
    f(
        "no deployment at all",
        OWN,
        "WRP183",
        "warning",
        ("model_list:\n", f"{HERE}model_list: []\nx-models:\n"),
        also={"WRP353": "nobody is left", "WRP151": "nobody is left"},
    ),
]
