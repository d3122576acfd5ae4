"""A LiteLLM proxy configuration, understood and checked."""
