//! Which program this is: its versions, its models, its licence.

use app::components::WordsPage;
use leptos::prelude::*;
use services::Services;
use twin::KERNEL_VERSION;

/// Said by the Makefile, where the sources are a repository.
const COMMIT: Option<&str> = option_env!("TWINLIGHT_COMMIT");

pub fn content(services: &Services) -> String {
    let commit = COMMIT.filter(|commit| !commit.is_empty()).unwrap_or("not known: built outside of a repository");
    let build = if cfg!(debug_assertions) { "for debugging" } else { "release" };
    let facts = [
        ("Program", env!("CARGO_PKG_VERSION").to_string()),
        ("Commit", commit.to_string()),
        ("Build", build.to_string()),
        ("Kernel", KERNEL_VERSION.to_string()),
        ("Frames on the wire", wire::VERSION.to_string()),
        ("Plant", services.catalog.title.clone()),
        ("Store", twin::hex::write(&services.store.id())),
    ];
    let fact = |(name, value): (&'static str, String)| {
        view! {
            <div>
                <dt>{name}</dt>
                <dd>{value}</dd>
            </div>
        }
    };
    let mut models: Vec<_> = services.catalog.assets().iter().map(|asset| asset.model.clone()).collect();
    models.sort_by(|a, b| (&a.id, &a.hash.0).cmp(&(&b.id, &b.hash.0)));
    models.dedup_by(|a, b| a.hash == b.hash);
    let model = |model: std::sync::Arc<twin::Model>| {
        let used = services.catalog.assets().iter().filter(|asset| asset.model.hash == model.hash).count();
        let hash = twin::hex::write(&model.hash.0);
        view! {
            <tr>
                <th scope="row">{model.title.clone()}</th>
                <td>
                    <code title=hash.clone()>{hash[..16].to_string()}</code>
                </td>
                <td class="words-page__number">{used}</td>
                <td>{model.source.clone()}</td>
            </tr>
        }
    };
    let models = models.into_iter().map(model).collect_view();
    view! {
        <WordsPage title="About Twinlight">
            <p>
                "Twinlight takes telemetry in, keeps it durably, and streams it into a twin of each asset that runs in your browser, to the same bits as on the server."
            </p>
            <section aria-labelledby="versions-title">
                <h2 id="versions-title">"Versions"</h2>
                <dl class="words-page__facts">{facts.map(fact).collect_view()}</dl>
            </section>
            <section aria-labelledby="models-title">
                <h2 id="models-title">"Models of this plant"</h2>
                <div class="words-page__wide" tabindex="0" role="group" aria-label="Table of models">
                    <table>
                        <thead>
                            <tr>
                                <th scope="col">"Model"</th>
                                <th scope="col">"Hash"</th>
                                <th scope="col" class="words-page__number">
                                    "Assets"
                                </th>
                                <th scope="col">"Source"</th>
                            </tr>
                        </thead>
                        <tbody>{models}</tbody>
                    </table>
                </div>
            </section>
            <section aria-labelledby="licence-title">
                <h2 id="licence-title">"Licence"</h2>
                <p>
                    "Twinlight is licensed under MIT or Apache-2.0, at your option. It is built from "
                    <a href="/about/licences">{super::licences::count()} " packages of others"</a> ", each under its own licence."
                </p>
            </section>
        </WordsPage>
    }
    .to_html()
}
