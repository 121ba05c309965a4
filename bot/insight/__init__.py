"""What the numbers say: questions in chat, pictures, forecasts, digests."""
