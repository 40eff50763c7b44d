"""How much the models of providers take in at once, as the list of public prices tells."""


def window_of(model: str, provider: str) -> int | None:
    """Return how many tokens a model takes in at once; None when the list does not tell."""
    # The list is long, and only missions with a provider's model need it.
    from genai_prices.data_snapshot import get_snapshot  # noqa: PLC0415

    try:
        _, found = get_snapshot().find_provider_model(model, None, provider, None)
    except LookupError:
        return None
    return found.context_window
