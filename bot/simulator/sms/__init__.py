"""阿里云 and 腾讯云 SMS, and the phones of customers: what was sent there can be read and answered."""
