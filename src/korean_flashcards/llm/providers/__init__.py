"""The models: through litellm, or the embedded offline model. Each replies to one request."""
