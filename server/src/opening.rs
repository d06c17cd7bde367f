//! What the HTTP door answers from the first moment on, also while the services start.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use tokio::sync::watch;
use tower::ServiceExt;

use crate::{
    middleware::{self, is_called_by_name, misdirected, refusal},
    routes::health,
    state::Gate,
};

/// How long a request waits for the start to be over.
const START_WITHIN: Duration = Duration::from_secs(30);

#[derive(Clone)]
struct Opening {
    app: watch::Receiver<Option<Router>>,
    gate: Arc<Gate>,
}

/// The door's service: `app` once there is one. Until then it says that the process lives and is not ready, and lets
/// the rest wait.
pub fn front(app: watch::Receiver<Option<Router>>, gate: Arc<Gate>) -> Router {
    middleware::outermost(Router::new().fallback(answer).with_state(Opening { app, gate }))
}

async fn answer(State(mut opening): State<Opening>, request: Request) -> Response {
    let opened = opening.app.borrow().clone();
    if let Some(app) = opened {
        return pass(app, request).await;
    }
    if !is_called_by_name(&request, &opening.gate) {
        return misdirected();
    }
    match request.uri().path() {
        "/healthz" => health::health().await.into_response(),
        "/readyz" => health::starting(),
        _ => {
            let opened = tokio::time::timeout(START_WITHIN, opening.app.wait_for(Option::is_some)).await;
            let app = opened.ok().and_then(|opened| opened.ok()?.clone());
            match app {
                Some(app) => pass(app, request).await,
                None => starting(),
            }
        }
    }
}

async fn pass(app: Router, request: Request) -> Response {
    app.oneshot(request).await.unwrap_or_else(|never| match never {})
}

fn starting() -> Response {
    let mut response = refusal(StatusCode::SERVICE_UNAVAILABLE, "the server starts");
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    response
}
