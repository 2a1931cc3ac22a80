"""The models: through litellm, or the embedded offline model. Each answers one request."""
