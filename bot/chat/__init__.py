"""The words that all chat platforms share: what comes in, what goes out, and who handles it."""
