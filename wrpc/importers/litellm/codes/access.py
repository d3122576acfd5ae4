"""Who can use what: secrets, keys, doors that are open."""

from __future__ import annotations

from wrpc.diagnostics import Code

CLEARTEXT_SECRET = Code(
    "WRP162",
    "cleartext-secret",
    "warning",
    """\
A secret that stands in the file itself.

Whoever reads the repository, its forks or a log of the deployment has it. What the value is, is never repeated here.

Bad:

    model_list:
      - model_name: chat
        litellm_params: {model: openai/gpt-4o, api_key: sk-proj-9hQ2mVx7Lr4TzB8nKc3WfJ6yPd1Gs5Ea}

Good:

    model_list:
      - model_name: chat
        litellm_params: {model: openai/gpt-4o, api_key: os.environ/OPENAI_API_KEY}

How to repair: give it to the process as an environment variable, write `os.environ/NAME`, and replace the secret, which
has been seen.
""",
)

UNSAFE_MASTER_KEY = Code(
    "WRP180",
    "unsafe-master-key",
    "error",
    """\
A `master_key` that is empty, or the one that every example has.

With it anybody could administer the gateway, and releases that look at it do not start.

Bad:

    model_list:
      - {model_name: chat, litellm_params: {model: openai/gpt-4o}}
    general_settings: {master_key: sk-1234}

Good:

    model_list:
      - {model_name: chat, litellm_params: {model: openai/gpt-4o}}
    general_settings: {master_key: os.environ/LITELLM_MASTER_KEY}

How to repair: write `os.environ/LITELLM_MASTER_KEY`, and give the process a long random one.
""",
)

OPEN_ENDPOINT = Code(
    "WRP178",
    "open-endpoint",
    "warning",
    """\
A pass-through endpoint that anybody may call, with a credential of the file.

Without `auth: true` the proxy asks for no key there, and adds its own headers to what it forwards.

Bad:

    model_list:
      - {model_name: chat, litellm_params: {model: openai/gpt-4o}}
    general_settings:
      pass_through_endpoints:
        - path: /rerank
          target: https://rerank.example/v1
          headers: {Authorization: os.environ/RERANK_KEY}

Good:

    model_list:
      - {model_name: chat, litellm_params: {model: openai/gpt-4o}}
    general_settings:
      pass_through_endpoints:
        - path: /rerank
          target: https://rerank.example/v1
          auth: true
          headers: {Authorization: os.environ/RERANK_KEY}

How to repair: write `auth: true`, unless the network in front of the proxy lets nobody else through.
""",
)

NEEDS_LICENCE = Code(
    "WRP184",
    "needs-a-licence",
    "info",
    """\
A setting that ends the start where the program has no licence.

Whether the process has one (`LITELLM_LICENSE`) the file does not tell, so this is a note. That the setting is empty
makes no difference.

Bad:

    model_list:
      - {model_name: chat, litellm_params: {model: openai/gpt-4o}}
    general_settings: {enforced_params: []}

How to repair: delete the key, or give the process a licence.
""",
)
