//! Frames of every size through pipes of every width, read by a client that knows nothing of this.

use futures::{SinkExt, StreamExt};

use super::*;

async fn check(sizes: &[usize], pipe: usize) {
    let (near, far) = tokio::io::duplex(pipe);
    let mut line = Line::over(near).await;
    let config = WebSocketConfig::default().max_frame_size(None);
    let mut client = WebSocketStream::from_raw_socket(far, Role::Client, Some(config)).await;
    let frames: Vec<Bytes> = sizes.iter().zip(1u8..).map(|(size, fill)| vec![fill; *size].into()).collect();
    let sent = frames.clone();
    let sending = tokio::spawn(async move {
        for frame in sent {
            line.feed(Message::Binary(frame)).await.unwrap();
        }
        line.send(Message::Ping(Bytes::from_static(b"p"))).await.unwrap();
        let said = line.next().await;
        (line, said)
    });
    for frame in frames {
        assert_eq!(client.next().await.unwrap().unwrap(), Message::Binary(frame));
    }
    assert_eq!(client.next().await.unwrap().unwrap(), Message::Ping(Bytes::from_static(b"p")));
    client.flush().await.unwrap();
    let (_line, said) = sending.await.unwrap();
    assert_eq!(said.unwrap().unwrap(), Message::Pong(Bytes::from_static(b"p")));
}

#[tokio::test]
async fn frames_arrive_whole_and_in_order_however_narrow_the_pipe() {
    for pipe in [1, 7, 130, 100_000] {
        check(&[0, 1, 125, 126, 127, 300], pipe).await;
    }
    check(&[65_535, 65_536, 70_000, 5], 4_096).await;
    check(&[3; 200], 64).await;
}

#[tokio::test]
async fn a_ping_is_answered_between_two_frames() {
    let (near, far) = tokio::io::duplex(64);
    let mut line = Line::over(near).await;
    let mut client = WebSocketStream::from_raw_socket(far, Role::Client, None).await;
    let serving = tokio::spawn(async move {
        line.feed(Message::Binary(vec![1; 500].into())).await.unwrap();
        let ping = line.next().await;
        line.send(Message::Binary(vec![2; 500].into())).await.unwrap();
        // The answer to the ping leaves when the next message is waited for.
        let end = line.next().await;
        assert!(matches!(end, Some(Ok(Message::Close(_)))), "{end:?}");
        ping
    });
    client.send(Message::Ping(Bytes::from_static(b"?"))).await.unwrap();
    let mut heard = Vec::new();
    for _ in 0..3 {
        heard.push(client.next().await.unwrap().unwrap());
    }
    client.close(None).await.unwrap();
    heard.sort_by_key(|message| message.len());
    assert_eq!(heard[0], Message::Pong(Bytes::from_static(b"?")));
    assert_eq!(heard[1..], [Message::Binary(vec![1; 500].into()), Message::Binary(vec![2; 500].into())]);
    assert!(matches!(serving.await.unwrap(), Some(Ok(Message::Ping(_)))));
}

#[tokio::test]
async fn a_socket_that_takes_nothing_holds_a_bounded_number_of_bytes() {
    let (near, _far) = tokio::io::duplex(64);
    let mut line = Line::over(near).await;
    let mut taken = 0;
    while taken < 100 {
        let fed = line.feed(Message::Binary(vec![0; 10_000].into()));
        if futures::poll!(std::pin::pin!(fed)).is_pending() {
            break;
        }
        taken += 1;
    }
    assert_eq!(taken, MOST_WAITING / 10_000 + 1);
}
