//! The packages that the program and its pages are built from, each with its licence.

use app::components::WordsPage;
use leptos::prelude::*;

/// Name, version, licence and where it is used, parted by tabs; a test compares it with what cargo builds.
pub const LIST: &str = include_str!("licences.tsv");

pub fn count() -> usize {
    LIST.lines().count()
}

pub fn content() -> String {
    let row = |line: &'static str| {
        let mut cells = line.split('\t');
        let mut cell = || cells.next().unwrap_or_default();
        view! {
            <tr>
                <th scope="row">{cell()}</th>
                <td>{cell()}</td>
                <td>{cell()}</td>
                <td>{cell()}</td>
            </tr>
        }
    };
    view! {
        <WordsPage title="Licences">
            <p>{count()} " packages of others, as cargo names them. \u{201c}Page\u{201d} is what a browser is sent."</p>
            <div class="words-page__wide" tabindex="0" role="region" aria-label="Packages">
                <table>
                    <thead>
                        <tr>
                            <th scope="col">"Package"</th>
                            <th scope="col">"Version"</th>
                            <th scope="col">"Licence"</th>
                            <th scope="col">"Part of"</th>
                        </tr>
                    </thead>
                    <tbody>{LIST.lines().map(row).collect_view()}</tbody>
                </table>
            </div>
        </WordsPage>
    }
    .to_html()
}
