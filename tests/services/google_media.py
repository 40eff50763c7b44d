"""The words of the Gemini API for pictures (generateContent) and clips (predictLongRunning, operations).

Paths, fields and errors are those of the v1beta REST API, as the package google-genai 2.34 writes and reads
them, of `quickstarts/Get_started_Veo_REST.ipynb` in google-gemini/cookbook, and of google.rpc.Status.
"""

import json
import re
from base64 import b64encode
from collections.abc import Mapping

from tests.services.media_peer import JSON, KEY, WAIT_SECONDS, Answer, Asked, Call, Fault, MediaPeer, Wire

RAI_REASON = (
    "We encountered an issue with the image you provided, which may violate our usage guidelines. "
    "Support codes: 15236754"
)
_PATHS = (
    ("POST", re.compile(r"/v1beta/models/[^/:]+:generateContent"), Call.PICTURE),
    ("POST", re.compile(r"/v1beta/models/[^/:]+:predictLongRunning"), Call.SUBMIT),
    ("GET", re.compile(r"/v1beta/models/[^/]+/operations/[^/]+"), Call.POLL),
    ("GET", re.compile(r"/v1beta/files/[^/:]+:download"), Call.LINK),
)
_TYPE = "type.googleapis.com/google"


class GoogleMedia(Wire):
    def call(self, method: str, path: str) -> Call | None:
        found = (call for verb, form, call in _PATHS if verb == method and form.fullmatch(path))
        return next(found, None)

    def is_known(self, headers: Mapping[str, str]) -> bool:
        return headers.get("x-goog-api-key") == KEY

    def answer(self, asked: Asked, peer: MediaPeer) -> object:
        match asked.call:
            case Call.PICTURE:
                return _candidate("STOP", peer.picture)
            case Call.SUBMIT:
                model = asked.target.removeprefix("/v1beta/models/").partition(":")[0]
                return {"name": f"models/{model}/operations/op{peer.calls['submit']}"}
            case Call.POLL:
                return self._operation(asked, peer)
            case _:
                return peer.linked()

    def _operation(self, asked: Asked, peer: MediaPeer) -> object:
        name = asked.target.removeprefix("/v1beta/")
        if peer.polls[asked.target] <= peer.pending:
            return {"name": name}
        link = f"{peer.url}/v1beta/files/film{peer.polls[asked.target]}:download?alt=media"
        return _done(name, {"generatedSamples": [{"video": {"uri": link}}]})

    def fault(self, asked: Asked, fault: Fault, peer: MediaPeer) -> Answer | None:
        if asked.call is Call.STORAGE:
            return None
        if fault in ERRORS:
            return _error(*ERRORS[fault])
        told = _within(asked, fault)
        return None if told is None else Answer(body=json.dumps(told).encode(), headers=JSON)


def _within(asked: Asked, fault: Fault) -> object:
    """Return what goes wrong inside an answer that is none of an error."""
    name = asked.target.removeprefix("/v1beta/")
    filtered = {"raiMediaFilteredCount": 1, "raiMediaFilteredReasons": [RAI_REASON]}
    failed = {"code": 13, "message": "Video generation failed."}
    return {
        (Call.PICTURE, Fault.REFUSED): _candidate("IMAGE_SAFETY", None),
        (Call.PICTURE, Fault.FAILED): {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}},
        (Call.PICTURE, Fault.EMPTY): _candidate("STOP", None),
        (Call.POLL, Fault.REFUSED): _done(name, filtered),
        (Call.POLL, Fault.FAILED): {"name": name, "done": True, "error": failed},
        (Call.POLL, Fault.EMPTY): _done(name, {}),
    }.get((asked.call, fault))


def _candidate(reason: str, picture: bytes | None) -> object:
    data = b64encode(picture).decode() if picture else ""
    parts = [{"inlineData": {"mimeType": "image/png", "data": data}}] if picture else []
    content = {"role": "model", "parts": [{"text": "Here it is."}, *parts]} if reason == "STOP" else {}
    usage = {"promptTokenCount": 20, "candidatesTokenCount": 1290, "totalTokenCount": 1310}
    candidate = {"content": content, "finishReason": reason, "index": 0}
    return {"candidates": [candidate], "usageMetadata": usage, "modelVersion": "gemini", "responseId": "r1"}


def _done(name: str, response: object) -> object:
    kind = f"{_TYPE}.ai.generativelanguage.v1beta.PredictLongRunningResponse"
    return {"name": name, "done": True, "response": {"@type": kind, "generateVideoResponse": response}}


def _error(status: int, code: str, message: str, headers: Mapping[str, str], details: list[object]) -> Answer:
    error = {"code": status, "message": message, "status": code, "details": details}
    return Answer(status=status, body=json.dumps({"error": error}).encode(), headers={**JSON, **headers})


_RETRY = {"@type": f"{_TYPE}.rpc.RetryInfo", "retryDelay": f"{WAIT_SECONDS}s"}
_A_DAY = {
    "@type": f"{_TYPE}.rpc.QuotaFailure",
    "violations": [{"quotaId": "GenerateRequestsPerDayPerProjectPerModel", "quotaValue": "100"}],
}
_QUOTA = "You exceeded your current quota, please check your plan and billing details."
ERRORS: Mapping[Fault, tuple[int, str, str, Mapping[str, str], list[object]]] = {
    Fault.BUSY: (429, "RESOURCE_EXHAUSTED", "Too many requests.", {"retry-after": str(WAIT_SECONDS)}, []),
    Fault.BUSY_INSIDE: (429, "RESOURCE_EXHAUSTED", "Too many requests.", {}, [_RETRY]),
    Fault.SPENT: (429, "RESOURCE_EXHAUSTED", _QUOTA, {}, [_A_DAY]),
    Fault.BROKEN: (500, "INTERNAL", "An internal error has occurred.", {}, []),
    Fault.OVERLOADED: (503, "UNAVAILABLE", "The model is overloaded. Please try again later.", {}, []),
    Fault.WRONG_KEY: (
        400,
        "INVALID_ARGUMENT",
        f"API key not valid: {KEY}. Please pass a valid API key.",
        {},
        [{"@type": f"{_TYPE}.rpc.ErrorInfo", "reason": "API_KEY_INVALID", "domain": "googleapis.com"}],
    ),
    Fault.UNKNOWN: (404, "NOT_FOUND", "Requested entity was not found.", {}, []),
}
