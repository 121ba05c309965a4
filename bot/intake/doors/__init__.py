"""Other doors than our own forms: form tools, ad platforms, the shared mailbox."""
