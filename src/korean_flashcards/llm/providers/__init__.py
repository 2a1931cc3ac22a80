"""Send one request to a model: through litellm, or to the offline model."""
