"""The families of provider models: what each is called, what it needs, and which model stands for it."""

from dataclasses import dataclass
from importlib.util import find_spec

COMPATIBLE = "openai-compatible"


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Models that are asked in one way."""

    name: str
    provider: str
    """Whose key and address it takes."""
    description: str
    example: str
    """A model of it; of a provider's first family also the one that a key alone chooses."""
    package: str
    """What its wire format comes with."""
    extra: str | None = None
    """The extra that installs the package; None is the base."""

    @property
    def is_installed(self) -> bool:
        """Tell whether the package is here; it is not imported."""
        parent, _, _ = self.package.rpartition(".")
        return (not parent or find_spec(parent) is not None) and find_spec(self.package) is not None


FAMILIES = {
    family.name: family
    for family in (
        Family(
            name="openai",
            provider="openai",
            description="OpenAI, by chat completions.",
            example="gpt-6-luna",
            package="openai",
        ),
        Family(
            name="openai-responses",
            provider="openai",
            description="OpenAI, by its responses API.",
            example="gpt-6-luna",
            package="openai",
        ),
        Family(
            name="anthropic",
            provider="anthropic",
            description="Anthropic, by messages.",
            example="claude-sonnet-5-5",
            package="anthropic",
        ),
        Family(
            name="google",
            provider="google",
            description="Google Gemini, by generateContent.",
            example="gemini-3.8-flash",
            package="google.genai",
            extra="google",
        ),
        Family(
            name=COMPATIBLE,
            provider=COMPATIBLE,
            description="Any server that speaks chat completions: Ollama, llama.cpp, LM Studio, vLLM.",
            example="qwen3",
            package="openai",
        ),
    )
}
