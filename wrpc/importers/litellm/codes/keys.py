"""What keys can have wrong: their section, their company, what they refer to."""

from __future__ import annotations

from wrpc.diagnostics import Code

MISPLACED_KEY = Code(
    "WRP161",
    "misplaced-key",
    "warning",
    """\
A key in the wrong section, where it is ignored.

LiteLLM looks for each setting in one or two sections and silently ignores it elsewhere: with `num_retries` in
`general_settings`, requests get the default number of retries, not the one that is written.

Bad:

    model_list:
      - {model_name: chat, litellm_params: {model: openai/gpt-4o}}
    general_settings:
      num_retries: 5

Good:

    model_list:
      - {model_name: chat, litellm_params: {model: openai/gpt-4o}}
    router_settings:
      num_retries: 5

How to repair: move it to the section that the finding names; `--fix` does it, comments included.
""",
)

SETTING_TWICE = Code(
    "WRP167",
    "setting-twice",
    "warning",
    """\
A setting in two sections, one of which is ignored.

The router uses its own settings first, and those of `litellm_settings` only where it has none.

Bad:

    model_list:
      - {model_name: chat, litellm_params: {model: openai/gpt-4o}}
    router_settings: {num_retries: 3}
    litellm_settings: {num_retries: 5}

How to repair: delete the one that does not count.
""",
)

OPEN_ELSEWHERE = Code(
    "WRP168",
    "open-elsewhere",
    "info",
    """\
Something outside the file can add groups or settings, so a missing name is not necessarily a mistake.

Bad:

    model_list:
      - {model_name: chat, litellm_params: {model: openai/gpt-4o}}
    general_settings: {store_model_in_db: true}

How to repair: nothing has to be repaired. What the file does not declare cannot be checked.
""",
)

UNKNOWN_PARAMETER = Code(
    "WRP169",
    "unknown-parameter",
    "info",
    """\
A key of `litellm_params` that LiteLLM does not know, and passes on to the provider.

That is right for a parameter of the provider's own, and wrong for a misspelt one.

Bad:

    model_list:
      - {model_name: chat, litellm_params: {model: openai/gpt-4o, temprature: 0.2}}

How to repair: check the spelling; the finding proposes the nearest known key.
""",
)

WITHOUT_EFFECT = Code(
    "WRP182",
    "setting-without-effect",
    "warning",
    """\
A setting that needs another one, which is missing.

Bad:

    model_list:
      - {model_name: chat, litellm_params: {model: openai/gpt-4o}}
    litellm_settings:
      cache_params: {type: local}

Good:

    model_list:
      - {model_name: chat, litellm_params: {model: openai/gpt-4o}}
    litellm_settings:
      cache: true
      cache_params: {type: local}

How to repair: write the other one, or delete this one.
""",
)

LATE_VARIABLE = Code(
    "WRP181",
    "late-variable",
    "warning",
    """\
A reference to a variable that the same file sets, which is looked up before it is set.

`os.environ/NAME` is replaced when the file is read, and `environment_variables` take effect after that: the setting
is empty. A variable that the provider's own library reads works nevertheless.

Bad:

    model_list:
      - {model_name: chat, litellm_params: {model: openai/gpt-4o, api_key: os.environ/GATEWAY_KEY}}
    environment_variables: {GATEWAY_KEY: os.environ/OTHER}

How to repair: set the variable for the process, not in the file.
""",
)

LITERAL_VARIABLE = Code(
    "WRP163",
    "literal-variable",
    "info",
    """\
`${NAME}`, which LiteLLM sends unchanged.

Only `os.environ/NAME` is looked up. Something else may fill in the name before the program reads the file (Helm,
envsubst), so this is a note.

Bad:

    model_list:
      - model_name: chat
        litellm_params: {model: openai/gpt-4o, api_key: "${OPENAI_API_KEY}"}

How to repair: write `os.environ/NAME`, unless a tool replaces it first.
""",
)
