"""What only a gateway's configuration can have wrong: the 16x codes of its keys, the 26x and 35x of its groups."""

from __future__ import annotations

from wrpc.diagnostics import Code

MISPLACED_KEY = Code(
    "WRP161",
    "misplaced-key",
    "warning",
    """\
A key of another section, which is ignored where it stands.

LiteLLM looks for each setting in one section, or in two, and says nothing of a key that stands elsewhere: with
`num_retries` in `general_settings` there are the retries of the default, not those that are written.

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

LITERAL_VARIABLE = Code(
    "WRP163",
    "literal-variable",
    "info",
    """\
`${NAME}`, which LiteLLM sends as it stands.

Only `os.environ/NAME` is looked up. Something else may fill in the name before the program reads the file (Helm,
envsubst), so this is a note.

Bad:

    model_list:
      - model_name: chat
        litellm_params: {model: openai/gpt-4o, api_key: "${OPENAI_API_KEY}"}

How to repair: write `os.environ/NAME`, unless a tool replaces it first.
""",
)

FALLBACK_SHAPE = Code(
    "WRP164",
    "fallback-shape",
    "warning",
    """\
A list of fallbacks in a shape that does not work.

Each entry is a mapping of one group to a list of groups. A bare word in the place of the list is taken letter by
letter, so that nothing is tried; an entry with two keys, or one that is no mapping, stops the start.

Bad:

    model_list:
      - {model_name: chat, litellm_params: {model: openai/gpt-4o}}
      - {model_name: spare, litellm_params: {model: openai/gpt-4o-mini}}
    router_settings:
      fallbacks: [{chat: spare}]

Good:

    model_list:
      - {model_name: chat, litellm_params: {model: openai/gpt-4o}}
      - {model_name: spare, litellm_params: {model: openai/gpt-4o-mini}}
    router_settings:
      fallbacks: [{chat: [spare]}]

How to repair: write the list; `--fix` puts a bare word into one.
""",
)

UNKNOWN_MODEL = Code(
    "WRP165",
    "unknown-model",
    "error",
    """\
A model name without a provider, which this release does not know.

Names come and go with the releases. Of a name that it does not know LiteLLM cannot tell the provider, and it leaves the
deployment out: the proxy starts, and requests for the group fail.

Bad:

    model_list:
      - {model_name: chat, litellm_params: {model: gpt-4-ultra}}

Good:

    model_list:
      - {model_name: chat, litellm_params: {model: openai/gpt-4-ultra}}

How to repair: put the provider before the name, or take a name that the release knows.
""",
)

UNKNOWN_PROVIDER = Code(
    "WRP166",
    "unknown-provider",
    "error",
    """\
A provider that this release does not know, so that the deployment cannot answer.

The proxy starts and leaves the deployment out.

Bad:

    model_list:
      - {model_name: chat, litellm_params: {model: opneai/gpt-4o}}

Good:

    model_list:
      - {model_name: chat, litellm_params: {model: openai/gpt-4o}}

How to repair: take the spelling that the finding proposes; for a server with OpenAI's interface it is `openai/` and an
`api_base`.
""",
)

SETTING_TWICE = Code(
    "WRP167",
    "setting-twice",
    "warning",
    """\
One setting in two sections, of which one is ignored.

The router takes its own arguments first, and what `litellm_settings` says only where it has none.

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
Something outside the file can add groups or settings, so that a missing name is open and not wrong.

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
A key of `litellm_params` that LiteLLM does not know, and hands on to the provider.

That is right for a parameter of the provider's own, and wrong for a misspelt one.

Bad:

    model_list:
      - {model_name: chat, litellm_params: {model: openai/gpt-4o, temprature: 0.2}}

How to repair: check the spelling; the finding proposes the nearest known key.
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

WITHOUT_EFFECT = Code(
    "WRP182",
    "setting-without-effect",
    "warning",
    """\
A setting that holds only beside another one, which is not there.

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

NO_DEPLOYMENTS = Code(
    "WRP183",
    "no-deployments",
    "warning",
    """\
A `model_list` without a single deployment, so that every request is refused.

Bad:

    model_list:
    litellm_settings: {drop_params: true}

How to repair: add a deployment, or delete the key in a file that only others include.
""",
)

HIDDEN_GROUP = Code(
    "WRP260",
    "hidden-group",
    "warning",
    """\
An alias with the name of a declared group, which hides the group.

An alias is looked up first: requests for that name go where the alias points, and the group's deployments get none of
them.

Bad:

    model_list:
      - {model_name: chat, litellm_params: {model: openai/gpt-4o}}
      - {model_name: spare, litellm_params: {model: openai/gpt-4o-mini}}
    router_settings:
      model_group_alias: {chat: spare}

How to repair: give the alias or the group another name.
""",
)

SAME_DEPLOYMENT = Code(
    "WRP261",
    "same-deployment",
    "warning",
    """\
The same deployment twice in one group.

Both are called by the same name at the same address with the same key: the second one adds no capacity, and a failure
of the one is a failure of the other.

Bad:

    model_list:
      - {model_name: chat, litellm_params: {model: openai/gpt-4o}}
      - {model_name: chat, litellm_params: {model: openai/gpt-4o}}

How to repair: delete one, or give it the address or the key that it was meant to have.
""",
)

SECOND_CHAIN = Code(
    "WRP262",
    "second-chain",
    "warning",
    """\
A second list of fallbacks for one group, which is never looked at.

The first entry for a group counts.

Bad:

    model_list:
      - {model_name: chat, litellm_params: {model: openai/gpt-4o}}
      - {model_name: near, litellm_params: {model: openai/gpt-4o-mini}}
      - {model_name: far, litellm_params: {model: openai/gpt-4.1}}
    router_settings:
      fallbacks: [{chat: [near]}, {chat: [far]}]

How to repair: write one list.
""",
)

ALIAS_WITHOUT_FALLBACKS = Code(
    "WRP263",
    "alias-without-fallbacks",
    "warning",
    """\
An alias of a group that has fallbacks, none of which hold for requests by the alias.

Fallbacks are looked up by the name that the request gives, before an alias is resolved.

Bad:

    model_list:
      - {model_name: chat, litellm_params: {model: openai/gpt-4o}}
      - {model_name: spare, litellm_params: {model: openai/gpt-4o-mini}}
    router_settings:
      model_group_alias: {assistant: chat}
      fallbacks: [{chat: [spare]}]

Good:

    model_list:
      - {model_name: chat, litellm_params: {model: openai/gpt-4o}}
      - {model_name: spare, litellm_params: {model: openai/gpt-4o-mini}}
    router_settings:
      model_group_alias: {assistant: chat}
      fallbacks: [{chat: [spare]}, {assistant: [spare]}]

How to repair: give the alias fallbacks of its own.
""",
)

IGNORED_WEIGHT = Code(
    "WRP264",
    "ignored-weight",
    "warning",
    """\
A `weight` under a routing strategy that takes none.

Only the shuffle goes by weights; by least busy, latency, usage and cost the deployments are measured.

Bad:

    model_list:
      - {model_name: chat, litellm_params: {model: openai/gpt-4o, weight: 9}}
      - {model_name: chat, litellm_params: {model: azure/gpt-4o, api_base: "https://a.example", weight: 1}}
    router_settings: {routing_strategy: least-busy}

How to repair: take `simple-shuffle`, or delete the weights.
""",
)

STARVED_DEPLOYMENT = Code(
    "WRP352",
    "starved-deployment",
    "warning",
    """\
A deployment that gets no traffic, because others of its group have a weight and it has none.

As soon as one deployment of a group has a `weight` (or, where none has, an `rpm`, else a `tpm`), those without count as
0. They answer only while all the others cool down.

Bad:

    model_list:
      - {model_name: chat, litellm_params: {model: openai/gpt-4o, weight: 3}}
      - {model_name: chat, litellm_params: {model: azure/gpt-4o, api_base: "https://a.example"}}

How to repair: give every deployment of the group a weight, or none.
""",
)

FALLBACK_OF_NOTHING = Code(
    "WRP353",
    "fallback-of-nothing",
    "warning",
    """\
Fallbacks of a group that the file does not declare.

A request for that name is refused before any fallback is looked up.

Bad:

    model_list:
      - {model_name: chat, litellm_params: {model: openai/gpt-4o}}
      - {model_name: spare, litellm_params: {model: openai/gpt-4o-mini}}
    router_settings:
      fallbacks: [{chatt: [spare]}]

How to repair: take the name that the finding proposes, or delete the entry.
""",
)
