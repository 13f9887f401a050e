//! Answering as `POST /users/track` does when all is well, and as Lytics' bulk API does.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::LocalSet;

use super::tally::{Care, Counter};

/// Says where it listens, serves until its input ends, then says what arrived. Each answer takes so long.
pub fn serve(care: Care, latency: Duration) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let counter = Rc::new(RefCell::new(Counter::new(care)));
    let tally = runtime.block_on(LocalSet::new().run_until(until_told(Rc::clone(&counter), latency)));
    tally?;
    println!("{}", serde_json::to_string(&counter.borrow().tally())?);
    Ok(())
}

async fn until_told(counter: Rc<RefCell<Counter>>, latency: Duration) -> anyhow::Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    println!("http://{}", listener.local_addr()?);
    let (mut input, mut ignored) = (tokio::io::stdin(), [0]);
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                drop(tokio::task::spawn_local(connection(accepted?.0, Rc::clone(&counter), latency)));
            }
            _ended = input.read(&mut ignored) => return Ok(()),
        }
    }
}

async fn connection(stream: TcpStream, counter: Rc<RefCell<Counter>>, latency: Duration) {
    // A contender that ends closes its connections.
    let _closed = stream.set_nodelay(true);
    let service = service_fn(async |request| {
        let reply = answer(request, Rc::clone(&counter)).await;
        tokio::time::sleep(latency).await;
        reply
    });
    let _closed = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

async fn answer(
    request: Request<Incoming>,
    counter: Rc<RefCell<Counter>>,
) -> Result<Response<Full<Bytes>>, hyper::Error> {
    let is_bulk = match (request.method(), request.uri().path()) {
        (&Method::POST, "/users/track") => false,
        (&Method::POST, path) if path.starts_with("/collect/bulk/") => true,
        _ => return Ok(reply(StatusCode::NOT_FOUND, r#"{"message":"Not Found"}"#.to_owned())),
    };
    let body = request.into_body().collect().await?.to_bytes();
    let mut counter = counter.borrow_mut();
    let counted = if is_bulk { counter.count_lines(&body) } else { counter.count(&body) };
    Ok(match counted {
        Ok(records) if is_bulk => {
            let data = format!(r#"{{"message_count":{records},"rejected_count":0}}"#);
            reply(StatusCode::OK, format!(r#"{{"status":200,"message":"success","data":{data}}}"#))
        }
        Ok(objects) => {
            reply(StatusCode::CREATED, format!(r#"{{"message":"success","attributes_processed":{objects}}}"#))
        }
        Err(problem) => {
            eprintln!("the receiver was sent a body that it cannot read: {problem}");
            reply(StatusCode::BAD_REQUEST, r#"{"message":"Bad Request"}"#.to_owned())
        }
    })
}

fn reply(status: StatusCode, body: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(http::header::CONTENT_TYPE, http::HeaderValue::from_static("application/json"));
    response
}
