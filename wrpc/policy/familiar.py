"""Words with a known meaning, where any other may stand as well: engines, GPUs, providers, KV tiers, distributions of
lengths, and what a guard may ask for. What is none of them is most often a slip, and a warning.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from wrpc.policy.hardware import MEMORY

ENGINES = (
    "vllm", "sglang", "tgi", "text_generation_inference", "trtllm", "trt_llm", "tensorrt_llm", "tensorrt", "triton",
    "llama.cpp", "llamacpp", "llama_cpp", "llamafile", "ollama", "lmdeploy", "mlx", "mlx_lm", "mlc", "mlc_llm",
    "lmstudio", "lm_studio", "localai", "exllama", "exllamav2", "exllamav3", "tabbyapi", "aphrodite", "dynamo", "nim",
    "nvidia_nim", "llm_d", "kserve", "ray", "ray_serve", "bentoml", "openllm", "lightllm", "rtp_llm", "mindie",
    "xinference", "infinity", "tei", "deepspeed", "deepspeed_mii", "fastchat", "vllm_omni", "transformers", "lorax",
    "mistral.rs", "mistralrs", "friendli", "modular", "max", "optimum", "openvino", "ovms", "whisper", "candle",
    "gpustack", "fleet_sim", "simulator", "mock",
)  # fmt: skip

# GPUs beyond those whose memory is known here.
GPUS = (
    *MEMORY, "a2", "a16", "a10_24gb", "a100_sxm", "a100_pcie", "a800", "b100", "b40", "gb10", "h200_nvl", "h200_sxm",
    "h100_80gb", "h100_94gb", "gh200_144gb", "l2", "mi50", "mi60", "mi100", "mi308x", "mi350x", "p4", "p40", "p100",
    "v100_32gb", "v100_16gb", "rtx_2080_ti", "rtx_3060", "rtx_3070", "rtx_3080", "rtx_3090_ti", "rtx_4060", "rtx_4070",
    "rtx_4080", "rtx_5060", "rtx_5070", "rtx_5080", "rtx_4000_ada", "rtx_4500_ada", "rtx_5000_ada", "rtx_a4000",
    "rtx_a4500", "rtx_a5000", "rtx_pro_5000", "rtx_8000", "quadro_rtx_8000", "a4000", "a5000", "rtx4090", "rtx3090",
    "rtx5090", "rtx6000", "titan_rtx", "tpu_v4", "tpu_v5", "tpu_v6", "tpu_v7", "gaudi", "trn1", "trn2", "trn3", "inf1",
    "inf2", "trainium", "trainium2", "inferentia2", "ascend_910b", "ascend_910c", "910b", "910c", "ascend", "mlu370",
    "dcu", "max_1550", "arc_a770", "arc_b580", "arc_pro_b60", "m1_ultra", "m2_ultra", "m3_max", "m3_ultra", "m4_max",
    "m4_pro", "cpu", "any", "gpu", "wse3", "groq_lpu", "sn40l",
)  # fmt: skip

# Mostly those of LiteLLM 1.106, and what people call their own.
PROVIDERS = (
    "a2a", "ai21", "ai21_chat", "aihubmix", "aiml", "aiohttp_openai", "alibaba", "aliyun", "amazon", "amazon_nova",
    "anthropic", "anthropic_text", "anyscale", "apertis", "aleph_alpha", "assemblyai", "aws", "aws_bedrock", "azure",
    "azure_ai", "azure_openai", "azure_text", "baidu", "baseten", "bedrock", "bedrock_converse", "bedrock_mantle",
    "bytedance", "bytez", "cerebras", "chatgpt", "chutes", "clarifai", "cloudflare", "codestral", "cohere",
    "cohere_chat", "cometapi", "compactifai", "coreweave", "crusoe", "dashscope", "databricks", "datarobot",
    "deepgram", "deepinfra", "deepseek", "digitalocean", "docker_model_runner", "doubao", "elevenlabs", "empower",
    "fal_ai", "featherless_ai", "fireworks", "fireworks_ai", "friendliai", "galadriel", "gcp", "gemini", "gigachat",
    "github", "github_copilot", "github_models", "gmi", "google", "google_ai_studio", "gradient_ai", "groq", "helicone",
    "heroku", "hosted_vllm", "huggingface", "hyperbolic", "ibm", "inception", "infinity", "jina_ai", "kimi", "lambda",
    "lambda_ai", "langflow", "langgraph", "lemonade", "lepton", "libertai", "litellm_agent", "litellm_proxy",
    "llamafile", "llamagate", "llama_api", "lm_studio", "lmstudio", "manus", "maritalk", "meta", "meta_llama",
    "microsoft", "minimax", "mistral", "mistralai", "modal", "modelscope", "mongodb", "moonshot", "morph", "nano_gpt",
    "nebius", "nlp_cloud", "novita", "nscale", "nvidia", "nvidia_nim", "nvidia_riva", "oci", "ollama", "ollama_chat",
    "ollama_cloud", "oobabooga", "openai", "openai_compatible", "openai_like", "openrouter", "oracle", "ovh",
    "ovhcloud", "parasail", "perplexity", "petals", "poe", "portkey", "predibase", "publicai", "qwen", "recraft",
    "reka", "replicate", "requesty", "runpod", "runwayml", "sagemaker", "sagemaker_chat", "sambanova", "sap", "sarvam",
    "scaleway", "sglang", "siliconflow", "snowflake", "stability", "stepfun", "synthetic", "tencent",
    "text_completion_codestral", "text_completion_inception", "text_completion_openai", "tgi", "together",
    "together_ai", "togetherai", "topaz", "triton", "v0", "veniceai", "vercel", "vercel_ai_gateway", "vertex",
    "vertex_ai", "vertex_ai_beta", "vertexai", "vllm", "volcengine", "voyage", "wandb", "watsonx", "watsonx_text",
    "xai", "xiaomi_mimo", "xinference", "zai", "zhipu", "zhipuai",
    "custom", "custom_openai", "hosted", "in_house", "internal", "local", "on_prem", "own", "private", "self",
    "self_hosted",
)  # fmt: skip

TIERS = ("gpu", "hbm", "cpu", "host", "dram", "memory", "disk", "nvme", "ssd", "local", "remote", "shared", "none")

LENGTHS = ("cdf", "agent_heavy", "azure", "lmsys", "lmsys_multiturn")

OBLIGATIONS = (
    "redact", "mask", "anonymize", "anonymise", "pseudonymize", "pseudonymise", "tokenize", "detokenize", "encrypt",
    "hash", "strip", "strip_tools", "strip_images", "drop", "remove", "block_tools", "allow_tools", "no_tools",
    "sandbox", "audit", "log", "no_log", "nolog", "trace", "record", "retain", "no_retain", "zero_retention",
    "no_training", "no_cache", "nocache", "notify", "alert", "flag", "tag", "label", "annotate", "header",
    "set_header", "watermark", "sign", "disclaim", "disclaimer", "cite", "citations", "ground", "review", "approve",
    "approval", "human_review", "human_in_the_loop", "confirm", "consent", "escalate", "moderate", "moderation",
    "filter", "scan", "sanitize", "sanitise", "escape", "guardrail", "guardrails", "classify", "verify", "validate",
    "schema", "json_schema", "limit", "max_tokens", "throttle", "rate_limit", "truncate", "compress", "summarize",
    "translate", "system_prompt", "prefix_prompt", "safe_prompt", "quarantine", "authenticate", "mfa",
)  # fmt: skip

KNOWN: Mapping[str, tuple[str, ...]] = {
    "engine": ENGINES,
    "GPU": GPUS,
    "provider": PROVIDERS,
    "KV tier": TIERS,
    "distribution of lengths": LENGTHS,
    "kind of obligation": OBLIGATIONS,
}


def spelled(word: str, of: str) -> str:
    """One spelling; of a provider what stands before the model, of an engine what stands before its version."""
    if of in ("provider", "engine"):
        word = re.split(r"[/:@\s]", word.strip(), maxsplit=1)[0]
    return word.lower().replace("-", "_").replace(" ", "_")


def familiar(word: str, of: str) -> bool:
    made = spelled(word, of)
    return made in KNOWN[of] or (of == "GPU" and re.sub(r"^(nvidia|amd|intel)_", "", made) in KNOWN[of])
