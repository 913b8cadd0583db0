"""cxplan: the twelve-step customer experience roadmap as a web application."""
