"""Where a configuration lives, and what is none: the 07x codes."""

from __future__ import annotations

from wrpc.diagnostics import Code

ANOTHER_SYSTEM = Code(
    "WRP070",
    "another-systems-file",
    "error",
    """\
A file, or a document of one, that is not a configuration that wrpc reads.

The message says what the file looks like, judging by its keys. Among several files, and with `--skip-unknown`, it is
skipped, and this is a note.

Bad:

    static_resources:
      listeners: []
      clusters: []

How to repair: name the configuration itself. If this file is one, say whose with `--from NAME`.
""",
)

TEMPLATE = Code(
    "WRP071",
    "template-not-rendered",
    "error",
    """\
A template that is not rendered: the parts between `{{` and `}}` are still to be filled in.

What they become is not known, so the file is not read.

Bad:

    model_list:
      {{- toYaml .Values.models | nindent 2 }}

How to repair: check the rendered file: `helm template CHART | wrpc check --from auto -`.
""",
)

ENCODED = Code(
    "WRP072",
    "encoded-value",
    "info",
    """\
A base64 value that may hold a configuration: `binaryData` of a ConfigMap, or `data` of a Secret.

It is not read, because no finding could point into it.

Bad:

    apiVersion: v1
    kind: Secret
    metadata: {name: gateway}
    data:
      config.yaml: bW9kZWxfbGlzdDogW10K

How to repair: check the file that the value was made from.
""",
)

NOT_TEXT = Code(
    "WRP073",
    "configmap-value-not-text",
    "error",
    """\
A value of a ConfigMap that is a mapping or a list.

Kubernetes accepts only text there and refuses the ConfigMap. wrpc reads the configuration anyway.

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

It is read as the one that its keys fit best. `--from NAME` sets it explicitly.

Bad:

    version: v0.3
    routing:
      decisions: []
    providers: {models: []}
    litellm_settings: {drop_params: true}

How to repair: keep each program's configuration in a file of its own.
""",
)
