"""Who can use what: secrets, keys, doors that are open."""

from __future__ import annotations

from wrpc.diagnostics import Code

CLEARTEXT_SECRET = Code(
    "WRP162",
    "cleartext-secret",
    "warning",
    """\
A secret in clear text in the file.

Anyone who can read the repository, its forks or a log of the deployment can use it. wrpc never prints the value.

Bad:

    model_list:
      - model_name: chat
        litellm_params: {model: openai/gpt-4o, api_key: sk-proj-9hQ2mVx7Lr4TzB8nKc3WfJ6yPd1Gs5Ea}

Good:

    model_list:
      - model_name: chat
        litellm_params: {model: openai/gpt-4o, api_key: os.environ/OPENAI_API_KEY}

How to repair: give it to the process as an environment variable, write `os.environ/NAME`, and replace the secret,
because others may have seen it.
""",
)

UNSAFE_MASTER_KEY = Code(
    "WRP180",
    "unsafe-master-key",
    "error",
    """\
A `master_key` that is empty, or the one from the examples.

Anyone could administer the gateway with it, and releases that check the key do not start.

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
A pass-through endpoint that anyone can call, with a credential from the file.

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

How to repair: write `auth: true`, unless the network already limits who can reach the proxy.
""",
)

NEEDS_LICENCE = Code(
    "WRP184",
    "needs-a-licence",
    "info",
    """\
A setting with which the program starts only if it has a licence.

The file does not show whether the process has one (`LITELLM_LICENSE`), so this is a note. An empty value makes no
difference.

Bad:

    model_list:
      - {model_name: chat, litellm_params: {model: openai/gpt-4o}}
    general_settings: {enforced_params: []}

How to repair: delete the key, or give the process a licence.
""",
)
