"""The lifecycle configuration of a bucket: our rules in it, among those of others.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLifecycleConfiguration.html
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from xml.etree import ElementTree as ET

SPACE = "http://s3.amazonaws.com/doc/2006-03-01/"
_ROOT, _RULE = "LifecycleConfiguration", "Rule"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Objects of a prefix, and of a tag if one is named, go after days; or else uploads that were left."""

    id: str
    prefix: str
    days: int
    tag: tuple[str, str] | None
    """None: the rule is about multipart uploads that nobody completed."""

    @classmethod
    def read(cls, rule: ET.Element) -> "Rule | None":
        """Return what a rule says, if it is one that is in force and of our form."""
        own = _plain(rule)
        told = {_name(part): part for part in own.iter()}
        days = told.get("Days", told.get("DaysAfterInitiation"))
        if _text(told, "Status") != "Enabled" or days is None:
            return None
        tag = (_text(told, "Key"), _text(told, "Value")) if "Tag" in told else None
        number = int(days.text or 0)
        return cls(id=_text(told, "ID"), prefix=_text(told, "Prefix"), days=number, tag=tag)

    def element(self) -> ET.Element:
        """Return it as it is written."""
        rule = ET.Element(_RULE)
        ET.SubElement(rule, "ID").text = self.id
        chosen = ET.SubElement(rule, "Filter")
        if self.tag is not None:
            chosen = ET.SubElement(chosen, "And")
        ET.SubElement(chosen, "Prefix").text = self.prefix
        if self.tag is not None:
            tag = ET.SubElement(chosen, "Tag")
            ET.SubElement(tag, "Key").text, ET.SubElement(tag, "Value").text = self.tag
        ET.SubElement(rule, "Status").text = "Enabled"
        action, days = (
            ("Expiration", "Days")
            if self.tag is not None
            else ("AbortIncompleteMultipartUpload", "DaysAfterInitiation")
        )
        ET.SubElement(ET.SubElement(rule, action), days).text = str(self.days)
        return rule


def lacking(document: bytes, rules: Iterable[Rule]) -> list[Rule]:
    """Return the rules that a configuration does not have as they are; an empty document has none."""
    known = {Rule.read(rule) for rule in _rules(document)}
    return [rule for rule in rules if rule not in known]


def merged(document: bytes, rules: Iterable[Rule]) -> bytes:
    """Return a configuration with these rules in place of those of the same ids; others stay as they are."""
    ours: Mapping[str, Rule] = {rule.id: rule for rule in rules}
    root = ET.Element(_ROOT, {"xmlns": SPACE})
    root.extend(rule for rule in map(_plain, _rules(document)) if rule.findtext("ID") not in ours)
    root.extend(rule.element() for rule in ours.values())
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _rules(document: bytes) -> list[ET.Element]:
    if not document.strip():
        return []
    root = ET.fromstring(document)  # noqa: S314 - of the bucket that the settings name
    return [part for part in root if _name(part) == _RULE]


def _plain(element: ET.Element) -> ET.Element:
    """Return a copy whose names bear no namespace: the root says it for all."""
    copy = ET.Element(_name(element), element.attrib)
    copy.text = element.text
    copy.extend(map(_plain, element))
    return copy


def _name(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _text(told: Mapping[str, ET.Element], name: str) -> str:
    found = told.get(name)
    return "" if found is None else found.text or ""
