"""Generated messages of protos/fedquery/v1; `make protos` writes them anew."""
