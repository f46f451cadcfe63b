mod common;

use std::time::Duration;

use common::{content, files_in, text_of, Server};
use hyper::StatusCode;
use tokio::fs;

#[tokio::test]
async fn what_was_uploaded_comes_back() {
    let server = Server::start().await;
    let client = &server.client;
    let data = content(1, 50_000);
    let crc = crc32fast::hash(&data);

    let answer = client.put("picture.bin", data.clone()).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    assert_eq!(
        answer.text(),
        format!("stored picture.bin 50000 {crc:08x}\n")
    );

    let answer = client.get("/files/picture.bin").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.headers["etag"], format!("\"{crc:08x}\""));
    assert_eq!(answer.headers["content-type"], "application/octet-stream");
    assert_eq!(answer.body, data);

    let answer = client.get("/files/picture.bin/checksum").await;
    assert_eq!(answer.text(), format!("{crc:08x}\n"));
    server.stop_and_remove().await;
}

#[tokio::test]
async fn an_empty_file_is_a_file() {
    let server = Server::start().await;
    let client = &server.client;
    assert_eq!(client.put("empty", "").await.status, StatusCode::CREATED);
    let answer = client.get("/files/empty").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.headers["content-type"], "text/plain");
    assert!(answer.body.is_empty());
    assert_eq!(
        client.get("/files/empty/checksum").await.text(),
        "00000000\n"
    );
    server.stop_and_remove().await;
}

#[tokio::test]
async fn without_a_valid_token_nothing_is_stored() {
    let server = Server::start().await;
    let client = &server.client;
    for token in [None, Some("wrong")] {
        let stranger = client.with_token(token);
        let answer = stranger.put("a", "secret").await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        let answer = stranger.send("DELETE", "/files/a", &[], "").await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        let answer = stranger.send("POST", "/scrub", &[], "").await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    }
    assert_eq!(client.get("/files/a").await.status, StatusCode::NOT_FOUND);
    assert_eq!(client.metric("uploads_refused_total").await, 2);
    assert_eq!(client.metric("uploads_total").await, 0);
    server.stop_and_remove().await;
}

#[tokio::test]
async fn the_size_limit_holds() {
    let server = Server::start().await;
    let client = &server.client;
    let answer = client.put("fits", content(2, 64 * 1024)).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    let answer = client.put("over", content(2, 64 * 1024 + 1)).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(answer.text(), "more than 65536 bytes\n");
    let answer = client.put("far-over", content(2, 1 << 20)).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);

    assert_eq!(
        client.get("/files/over").await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(client.metric("uploads_total").await, 1);
    assert_eq!(client.metric("upload_largest_bytes").await, 64 * 1024);
    assert_eq!(client.metric("uploads_refused_total").await, 2);
    assert!(client.metric("drained_bytes_total").await > 0);
    server.stop_and_remove().await;
}

#[tokio::test]
async fn an_account_may_have_its_own_limit() {
    let server = Server::start().await;
    let client = &server.client;
    let limits = server.dir.join("limits");
    fs::create_dir_all(&limits).await.unwrap();
    fs::write(limits.join("demo"), "10\n").await.unwrap();
    assert_eq!(client.put("a", "0123456789").await.status, 201);
    assert_eq!(client.put("b", "0123456789a").await.status, 413);
    server.stop_and_remove().await;
}

#[tokio::test]
async fn checksums_are_checked() {
    let server = Server::start().await;
    let client = &server.client;
    let right = [("x-crc32", "cbf43926")];
    let answer = client.send("POST", "/upload/a", &right, "123456789").await;
    assert_eq!(answer.status, StatusCode::CREATED);
    let answer = client.send("POST", "/upload/a", &right, "12345678").await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let malformed = [("x-crc32", "crc")];
    let answer = client.send("POST", "/upload/a", &malformed, "").await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(client.get("/files/a").await.text(), "123456789");
    server.stop_and_remove().await;
}

#[tokio::test]
async fn names_are_checked() {
    let server = Server::start().await;
    for name in [".hidden", "a%2Fb", "a%20b", "%2e%2e"] {
        let answer = server.client.put(name, "x").await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{name}");
    }
    server.stop_and_remove().await;
}

#[tokio::test]
async fn files_are_listed_replaced_and_removed() {
    let server = Server::start().await;
    let client = &server.client;
    let tags = [("x-tags", "red, blue")];
    client.send("POST", "/upload/b", &tags, "first").await;
    client.put("a", "other").await;
    let answer = client.put("b", "second").await;
    assert!(answer.text().starts_with("replaced b 6 "));

    client.send("POST", "/upload/b", &tags, "third").await;
    let answer = client.get("/files").await;
    assert_eq!(
        answer.text(),
        format!(
            "a\t5\t{:08x}\ttext\tdemo\t\nb\t5\t{:08x}\ttext\tdemo\tred,blue\n",
            crc32fast::hash(b"other"),
            crc32fast::hash(b"third")
        )
    );

    let answer = client.send("DELETE", "/files/b", &[], "").await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    let answer = client.send("DELETE", "/files/b", &[], "").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert_eq!(client.get("/files/b").await.status, StatusCode::NOT_FOUND);
    assert_eq!(client.get("/files").await.text().lines().count(), 1);
    server.stop_and_remove().await;
}

#[tokio::test]
async fn files_outlive_the_process() {
    let server = Server::start().await;
    let tags = [("x-tags", "kept")];
    server
        .client
        .send("POST", "/upload/a", &tags, "123456789")
        .await;
    let before = server.client.get("/files").await.body;
    let dir = server.stop().await;

    let server = Server::at(dir, |_| {}).await;
    assert_eq!(server.client.get("/files").await.body, before);
    assert_eq!(server.client.get("/files/a").await.text(), "123456789");
    server.stop_and_remove().await;
}

#[tokio::test]
async fn the_capacity_is_for_all_files_together() {
    let server = Server::with(|config| config.capacity = 10).await;
    let client = &server.client;
    assert_eq!(client.put("a", "123456").await.status, 201);
    assert_eq!(client.put("b", "12345").await.status, 507);
    assert_eq!(client.put("b", "1234").await.status, 201);
    assert_eq!(client.put("a", "12345678").await.status, 507);
    assert_eq!(client.put("a", "12").await.status, 201);
    assert_eq!(client.get("/files/a").await.text(), "12");
    server.stop_and_remove().await;
}

#[tokio::test]
async fn a_mirror_compares_one_digest() {
    let server = Server::start().await;
    let client = &server.client;
    let nothing = client.get("/digest").await;
    assert_eq!(nothing.text(), "00000000\n");
    client.put("b", "6789").await;
    client.put("a", "12345").await;
    assert_eq!(client.get("/digest").await.text(), "cbf43926\n");
    for blob in files_in(&server.dir.join("blobs")) {
        fs::remove_file(blob).await.unwrap();
    }
    let answer = client.get("/digest").await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    server.stop_and_remove().await;
}

#[tokio::test]
async fn the_operator_leaves_a_notice() {
    let server = Server::start().await;
    assert_eq!(server.client.get("/notice").await.text(), "");
    fs::write(server.dir.join("notice"), "down at noon\n")
        .await
        .unwrap();
    assert_eq!(server.client.get("/notice").await.text(), "down at noon\n");
    server.stop_and_remove().await;
}

#[tokio::test]
async fn what_is_wanted_is_known() {
    let server = Server::start().await;
    let client = &server.client;
    client.put("page.html", "<p>").await;
    client.put("a", "x").await;
    for _ in 0..2 {
        let answer = client.get("/files/page.html").await;
        assert_eq!(answer.headers["content-type"], "text/html");
    }
    client.get("/files/a").await;
    client.get("/files/none").await;
    assert_eq!(client.get("/wanted").await.text(), "2 page.html\n1 a\n");
    assert_eq!(client.get("/recent").await.text(), "page.html 3\na 1\n");
    server.stop_and_remove().await;
}

#[tokio::test]
async fn scrubbing_finds_damage() {
    let server = Server::start().await;
    let client = &server.client;
    for name in ["a", "b", "c"] {
        client.put(name, format!("content of {name}")).await;
    }
    for blob in files_in(&server.dir.join("blobs")) {
        if text_of(&blob) == "content of b" {
            fs::write(&blob, "content of x").await.unwrap();
        }
    }
    let answer = client.send("POST", "/scrub", &[], "").await;
    assert_eq!(answer.text(), "1 damaged\nb");
    assert_eq!(client.metric("scrubbed_total").await, 3);
    assert_eq!(client.get("/files/b").await.status, 500);
    assert_eq!(client.get("/files/a").await.status, 200);
    server.stop_and_remove().await;
}

#[tokio::test]
async fn housekeeping_clears_up_and_reports() {
    let server = Server::start().await;
    let client = &server.client;
    let blobs = || files_in(&server.dir.join("blobs")).len();
    let staged = || files_in(&server.dir.join("staging")).len();

    client.put("a", "one").await;
    client.put("a", "three").await;
    client.put("b", content(3, 70_000)).await;
    assert_eq!((blobs(), staged()), (2, 1));
    server.service.tidy().await.unwrap();
    assert_eq!((blobs(), staged()), (1, 0));

    let report = || match files_in(&server.dir.join("reports")).as_slice() {
        [only] => text_of(only),
        several => panic!("{several:?}"),
    };
    assert_eq!(report(), "2 uploads, 8 bytes\n");
    server.service.tidy().await.unwrap();
    assert_eq!(report(), "0 uploads, 0 bytes\n");
    let audit = text_of(&server.dir.join("audit.log"));
    assert_eq!(audit, "demo put a\ndemo put a\n");
    server.stop_and_remove().await;
}

#[tokio::test]
async fn sessions_end() {
    let server = Server::with(|config| config.session = Duration::ZERO).await;
    let answer = server.client.put("a", "late").await;
    assert_eq!(answer.status, StatusCode::REQUEST_TIMEOUT);
    server.stop_and_remove().await;
}

#[tokio::test]
async fn no_uploads_while_draining() {
    let server = Server::start().await;
    let client = &server.client;
    client.put("a", "x").await;
    server.service.stats().drain();
    let answer = client.put("b", "x").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(client.get("/files/a").await.status, StatusCode::OK);
    server.stop_and_remove().await;
}
