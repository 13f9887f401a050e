//! The attempts.

use wasi::http::outgoing_handler;
use wasi::http::types::{ErrorCode, Fields, OutgoingRequest, Scheme};
use wasi::sockets::instance_network::instance_network;
use wasi::sockets::ip_name_lookup::resolve_addresses;
use wasi::sockets::network::{ErrorCode as Socket, IpAddressFamily, IpSocketAddress, Ipv4SocketAddress};
use wasi::sockets::tcp_create_socket::create_tcp_socket;
use wasi::sockets::udp_create_socket::create_udp_socket;

use crate::{Attempt, Outcome};

/// Tries it.
pub(crate) fn reach(attempt: Attempt) -> Outcome {
    match attempt {
        Attempt::ReadFile => file(std::fs::read("/etc/hostname").map(|bytes| format!("{} bytes", bytes.len()))),
        Attempt::WriteFile => file(std::fs::write("/tmp/hostile", "x").map(|()| "written".to_owned())),
        Attempt::Folders => some(wasi::filesystem::preopens::get_directories().len()),
        Attempt::Environment => some(wasi::cli::environment::get_environment().len()),
        Attempt::Arguments => some(wasi::cli::environment::get_arguments().len()),
        Attempt::Resolve => socket(resolve()),
        Attempt::Connect => socket(connect()),
        Attempt::Listen => socket(listen()),
        Attempt::Udp => socket(udp()),
        Attempt::Http => http(),
    }
}

/// Without a folder there is no way to any file: none is ever found, nor a place to write one.
fn file(done: std::io::Result<String>) -> Outcome {
    match done {
        Ok(what) => Outcome::Reached(what),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Outcome::Refused,
        Err(error) => Outcome::Failed(error.to_string()),
    }
}

fn some(count: usize) -> Outcome {
    if count == 0 { Outcome::Refused } else { Outcome::Reached(format!("{count} of them")) }
}

fn socket(done: Result<(), Socket>) -> Outcome {
    match done {
        Ok(()) => Outcome::Reached("a socket".to_owned()),
        Err(Socket::AccessDenied | Socket::PermanentResolverFailure) => Outcome::Refused,
        Err(error) => Outcome::Failed(format!("{error:?}")),
    }
}

/// A port of this machine. Whether somebody listens there does not matter: nobody may get far enough to find out.
fn loopback() -> IpSocketAddress {
    IpSocketAddress::Ipv4(Ipv4SocketAddress { port: 1, address: (127, 0, 0, 1) })
}

fn resolve() -> Result<(), Socket> {
    let addresses = resolve_addresses(&instance_network(), "localhost")?;
    addresses.subscribe().block();
    addresses.resolve_next_address().map(|_| ())
}

fn connect() -> Result<(), Socket> {
    let socket = create_tcp_socket(IpAddressFamily::Ipv4)?;
    socket.start_connect(&instance_network(), loopback())?;
    socket.subscribe().block();
    socket.finish_connect().map(|_| ())
}

fn listen() -> Result<(), Socket> {
    let socket = create_tcp_socket(IpAddressFamily::Ipv4)?;
    socket.start_bind(&instance_network(), loopback())?;
    socket.finish_bind()
}

fn udp() -> Result<(), Socket> {
    let socket = create_udp_socket(IpAddressFamily::Ipv4)?;
    socket.start_bind(&instance_network(), loopback())?;
    socket.finish_bind()
}

fn http() -> Outcome {
    let request = OutgoingRequest::new(Fields::new());
    let scheme = request.set_scheme(Some(&Scheme::Http));
    let host = scheme.and_then(|()| request.set_authority(Some("127.0.0.1:1")));
    if host.and_then(|()| request.set_path_with_query(Some("/"))).is_err() {
        return Outcome::Failed("the address is not taken".to_owned());
    }
    let answer = outgoing_handler::handle(request, None).and_then(|coming| {
        coming.subscribe().block();
        coming.get().and_then(Result::ok).unwrap_or(Err(ErrorCode::InternalError(None)))
    });
    match answer {
        Ok(response) => Outcome::Reached(format!("status {}", response.status())),
        Err(ErrorCode::HttpRequestDenied) => Outcome::Refused,
        Err(error) => Outcome::Failed(format!("{error:?}")),
    }
}
