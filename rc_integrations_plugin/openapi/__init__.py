"""The description of the HTTP API as OpenAPI 3.1, made from the schemas that check the calls."""
