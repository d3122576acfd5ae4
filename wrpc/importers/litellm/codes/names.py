"""What names lead to: fallbacks, aliases, groups."""

from __future__ import annotations

from wrpc.diagnostics import Code

FALLBACK_SHAPE = Code(
    "WRP164",
    "fallback-shape",
    "warning",
    """\
A list of fallbacks in a shape that does not work.

Each entry is a mapping of one group to a list of groups. A bare word instead of the list is read letter by letter, so
no fallback is tried. With an entry that has two keys, or that is not a mapping, the proxy does not start.

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

SECOND_CHAIN = Code(
    "WRP262",
    "second-chain",
    "warning",
    """\
A second list of fallbacks for one group, which is ignored.

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
An alias of a group with fallbacks, none of which apply to requests that use the alias.

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
