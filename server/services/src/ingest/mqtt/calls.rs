//! What ends a conversation from outside: a stop, a take-over, a newcomer.

use tokio_util::sync::CancellationToken;

use super::{hello::Ended, room::Seat};

pub struct Calls<'a> {
    pub taken: CancellationToken,
    pub seat: &'a Seat,
    pub shutdown: &'a CancellationToken,
}

impl Calls<'_> {
    /// Returns once the conversation is to end, and why.
    pub async fn heard(&self) -> Ended {
        tokio::select! {
            biased;
            () = self.shutdown.cancelled() => Ended::Stopping,
            () = self.taken.cancelled() => Ended::Taken,
            () = self.seat.wanted() => Ended::GaveWay,
        }
    }
}
