"""Where a configuration lives, and what is none: the 07x codes."""

from __future__ import annotations

from wrpc.diagnostics import Code

ANOTHER_SYSTEM = Code(
    "WRP070",
    "another-systems-file",
    "error",
    """\
A file, or a document of one, that is not a configuration that wrpc reads.

What it looks like is told by its keys. Among several files, and with `--skip-unknown`, it is skipped, and this is a
note.

Bad:

    static_resources:
      listeners: []
      clusters: []

How to repair: name the configuration itself. If this is one, `--from NAME` says whose.
""",
)

TEMPLATE = Code(
    "WRP071",
    "template-not-rendered",
    "error",
    """\
A template: what stands between `{{` and `}}` is filled in before any program reads the file.

Nothing is known of it until then, so it is not read.

Bad:

    model_list:
      {{- toYaml .Values.models | nindent 2 }}

How to repair: read what the template becomes: `helm template CHART | wrpc check --from auto -`.
""",
)

ENCODED = Code(
    "WRP072",
    "encoded-value",
    "info",
    """\
A value that may hold a configuration and is base64: `binaryData` of a ConfigMap, or `data` of a Secret.

It is not read, because no finding could point into it.

Bad:

    apiVersion: v1
    kind: Secret
    metadata: {name: gateway}
    data:
      config.yaml: bW9kZWxfbGlzdDogW10K

How to repair: check the file that the value is made of.
""",
)

NOT_TEXT = Code(
    "WRP073",
    "configmap-value-not-text",
    "error",
    """\
A value of a ConfigMap that is a mapping or a list.

Kubernetes takes text alone, and refuses the ConfigMap. The configuration is read all the same.

Bad:

    apiVersion: v1
    kind: ConfigMap
    metadata: {name: gateway}
    data:
      config.yaml:
        model_list:
          - model_name: chat
            litellm_params: {model: openai/gpt-4o}

How to repair: write `config.yaml: |`, and leave the lines below as they are.
""",
)

TWO_KINDS = Code(
    "WRP074",
    "two-kinds-of-configuration",
    "warning",
    """\
A mapping that has keys of two programs' configurations.

It is read as the one whose keys are more and surer. `--from NAME` says outright which one is meant.

Bad:

    version: v0.3
    routing:
      decisions: []
    providers: {models: []}
    litellm_settings: {drop_params: true}

How to repair: keep each program's configuration in a file of its own.
""",
)
