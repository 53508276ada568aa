"""Which answer a question means: words, typos and slang in three languages, without any model or server."""
