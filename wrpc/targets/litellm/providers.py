"""Providers of chat models that LiteLLM 1.106.2 calls, and other words for some of them."""

from __future__ import annotations

from collections.abc import Mapping

PROVIDERS: frozenset[str] = frozenset({
    "abliteration", "ai21", "ai21_chat", "aihubmix", "aiml", "aiohttp_openai", "amazon_nova", "anthropic",
    "anthropic_text", "apertis", "azure", "azure_ai", "azure_text", "baseten", "bedrock", "bedrock_mantle",
    "bytez", "cerebras", "charity_engine", "chatgpt", "chutes", "clarifai", "cloudflare", "codestral",
    "cognition", "cohere", "cohere_chat", "cometapi", "compactifai", "cortecs", "crusoe",
    "custom_openai", "darkbloom", "dashscope", "databricks", "datarobot", "deepgram", "deepinfra", "deepseek",
    "docker_model_runner", "edenai", "empiriolabs", "empower", "featherless_ai", "fireworks_ai", "friendliai",
    "galadriel", "gdc", "gemini", "gigachat", "github", "github_copilot", "gmi", "gradient_ai", "groq",
    "helicone", "heroku", "hosted_vllm", "huggingface", "hyperbolic", "inception", "lambda_ai", "langflow",
    "langgraph", "lemonade", "libertai", "litellm_proxy", "llamafile", "llamagate", "lm_studio", "maritalk",
    "meta", "meta_llama", "minimax", "mistral", "modelscope", "moonshot", "morph", "nadir", "nano-gpt", "nebius",
    "neosantara", "nlp_cloud", "novita", "nscale", "nvidia_nim", "nvidia_riva", "oci", "ollama", "ollama_chat",
    "oobabooga", "openai", "openai_like", "openrouter", "ovhcloud", "parasail", "perplexity", "petals",
    "pinstripes", "poe", "predibase", "prism", "publicai", "qwen_ai_platform", "qwencloud", "reka", "replicate",
    "sagemaker", "sagemaker_chat", "sagemaker_nova", "sail", "sambanova", "sap", "sarvam", "scaleway", "scx-ai",
    "snowflake", "synthetic", "tencent", "tensormesh", "text-completion-codestral", "text-completion-inception",
    "text-completion-openai", "together_ai", "triton", "typesafe", "v0", "veniceai", "vercel_ai_gateway",
    "vertex_ai", "vertex_ai_beta", "volcengine", "wandb", "watsonx", "watsonx_text", "xai", "xiaomi_mimo",
    "xinference", "zai",
})  # fmt: skip

SPELLED: Mapping[str, str] = {
    "alibaba": "dashscope",
    "aws": "bedrock",
    "aws_bedrock": "bedrock",
    "azure_openai": "azure",
    "google": "gemini",
    "google_ai_studio": "gemini",
    "mistralai": "mistral",
    "nano_gpt": "nano-gpt",
    "together": "together_ai",
    "togetherai": "together_ai",
    "vertex": "vertex_ai",
    "vertexai": "vertex_ai",
    "vllm": "hosted_vllm",
    "zhipu": "zai",
    "zhipuai": "zai",
}
