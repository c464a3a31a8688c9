"""Questions and claims, in the asker's own network: the SDK."""
