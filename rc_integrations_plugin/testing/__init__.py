"""What other projects test with: the conformance kit for chat servers."""
