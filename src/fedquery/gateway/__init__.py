"""The SDK as JSON over HTTP, for one agency in its own network."""
