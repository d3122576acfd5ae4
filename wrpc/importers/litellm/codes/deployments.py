"""What a deployment can have wrong, by itself and among those of its group."""

from __future__ import annotations

from wrpc.diagnostics import Code

UNKNOWN_MODEL = Code(
    "WRP165",
    "unknown-model",
    "error",
    """\
A model name without a provider, which this release does not know.

The known names change from release to release. For a name that it does not know, LiteLLM cannot find the provider and
leaves the deployment out: the proxy starts, but requests for the group fail.

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

The proxy starts without the deployment.

Bad:

    model_list:
      - {model_name: chat, litellm_params: {model: opneai/gpt-4o}}

Good:

    model_list:
      - {model_name: chat, litellm_params: {model: openai/gpt-4o}}

How to repair: take the spelling that the finding proposes; for a server with an OpenAI-compatible API, use `openai/`
and an `api_base`.
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

IGNORED_WEIGHT = Code(
    "WRP264",
    "ignored-weight",
    "warning",
    """\
A `weight` under a routing strategy that ignores it.

Only `simple-shuffle` uses weights; the other strategies measure how busy, fast, used or expensive the deployments are.

Bad:

    model_list:
      - {model_name: chat, litellm_params: {model: openai/gpt-4o, weight: 9}}
      - {model_name: chat, litellm_params: {model: azure/gpt-4o, api_base: "https://a.example", weight: 1}}
    router_settings: {routing_strategy: least-busy}

How to repair: use `simple-shuffle`, or delete the weights.
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

WRONG_ADDRESS = Code(
    "WRP175",
    "wrong-address",
    "warning",
    """\
An address that is not one, or to which the program adds a path that it already has.

The program adds the path of the operation to `api_base`: an address that ends in `/chat/completions` gets it twice. An
address without `https://` is read as a path, and one with a space as a host that does not exist.

Bad:

    model_list:
      - model_name: chat
        litellm_params: {model: openai/m, api_base: "https://llm.example/v1/chat/completions", api_key: os.environ/K}

Good:

    model_list:
      - model_name: chat
        litellm_params: {model: openai/m, api_base: "https://llm.example/v1", api_key: os.environ/K}

How to repair: write the address up to the version.
""",
)

STRAY_REQUESTS = Code(
    "WRP176",
    "stray-requests",
    "warning",
    """\
A deployment of your own server without its address, so its requests go to a public provider.

Without an address, the OpenAI client sends requests to OpenAI: prompts that were meant to stay inside leave your
network. An address in the environment of the process counts too.

Bad:

    model_list:
      - {model_name: chat, litellm_params: {model: hosted_vllm/qwen3}}

Good:

    model_list:
      - {model_name: chat, litellm_params: {model: hosted_vllm/qwen3, api_base: "http://10.0.0.7:8000/v1"}}

How to repair: write `api_base`.
""",
)

MADE_UP_ANSWERS = Code(
    "WRP177",
    "made-up-answers",
    "warning",
    """\
A deployment with `mock_response`: it answers every request with that text, and no model is asked.

Bad:

    model_list:
      - {model_name: chat, litellm_params: {model: openai/gpt-4o, mock_response: "it works"}}

How to repair: delete it outside of tests.
""",
)

STAR_SENT = Code(
    "WRP179",
    "star-sent",
    "error",
    """\
A `*` in `model` that is never replaced, so the provider is asked for a model named `*`.

The `*` is replaced by what a `*` in `model_name` matched; without one there, it stays.

Bad:

    model_list:
      - {model_name: chat, litellm_params: {model: "openai/*"}}

Good:

    model_list:
      - {model_name: "openai/*", litellm_params: {model: "openai/*"}}

How to repair: name the model, or put a `*` in `model_name` too.
""",
)

SHARED_TAGS = Code(
    "WRP265",
    "shared-tags",
    "warning",
    """\
Deployments in several regions that share a tag, where one tag of a request is enough.

With `enable_tag_filtering` a request with the tags `us` and `customers` goes to every deployment with one of the two,
unless `tag_filtering_match_any` is false: the tag that names the region does not keep requests there.

Bad:

    model_list:
      - model_name: chat
        litellm_params: {model: bedrock/amazon.nova-pro-v1:0, aws_region_name: us-east-1, tags: [us, customers]}
      - model_name: chat
        litellm_params: {model: bedrock/amazon.nova-pro-v1:0, aws_region_name: eu-central-1, tags: [eu, customers]}
    router_settings: {enable_tag_filtering: true}

Good:

    model_list:
      - model_name: chat
        litellm_params: {model: bedrock/amazon.nova-pro-v1:0, aws_region_name: us-east-1, tags: [us, customers]}
      - model_name: chat
        litellm_params: {model: bedrock/amazon.nova-pro-v1:0, aws_region_name: eu-central-1, tags: [eu, customers]}
    router_settings: {enable_tag_filtering: true, tag_filtering_match_any: false}

How to repair: write `tag_filtering_match_any: false`, or give each region a group of its own.
""",
)
