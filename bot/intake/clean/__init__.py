"""What people type, made comparable: text, phones, e-mail addresses, companies, places, whole forms."""
