"""Send a request to a model, either through litellm or to the offline model."""
