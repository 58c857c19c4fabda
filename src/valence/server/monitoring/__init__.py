"""What the operator sees of a running server: log lines and Prometheus metrics."""
