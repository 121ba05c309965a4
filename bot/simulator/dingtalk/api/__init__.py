"""The API: each module offers ENDPOINTS; the folder is the register."""
