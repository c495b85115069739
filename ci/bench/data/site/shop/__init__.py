"""An application: articles, customers and orders."""
