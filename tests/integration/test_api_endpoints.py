# tests/integration/test_api_endpoints.py
from fastapi.testclient import TestClient
from taskforce.api.server import app

client = TestClient(app)

def test_health_endpoint():
    response = client.get("/health")
    assert response.status_code == 200
    assert response.json()["status"] == "healthy"

def test_execute_mission_endpoint():
    response = client.post(
        "/api/v1/execute",
        json={
            "mission": "Create a simple Python function",
            "profile": "dev"
        }
    )
    
    assert response.status_code == 200
    data = response.json()
    assert "session_id" in data
    assert data["status"] in ["completed", "failed", "in_progress"]

def test_list_sessions_endpoint():
    response = client.get("/api/v1/sessions")
    assert response.status_code == 200
    assert isinstance(response.json(), list)

def test_streaming_execution():
    with client.stream(
        "POST",
        "/api/v1/execute/stream",
        json={"mission": "Test", "profile": "dev"}
    ) as response:
        assert response.status_code == 200
        assert response.headers["content-type"] == "text/event-stream"
        
        # Read some events
        events = []
        for line in response.iter_lines():
            if line.startswith("data:"):
                events.append(line)
                if len(events) >= 3:
                    break
        
        assert len(events) > 0
