"""Links between the parties: gRPC, peer identity, and the codec of what is inside the seal."""
