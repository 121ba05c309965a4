"""The endpoints under /cgi-bin: one module per family, each with its ENDPOINTS."""
