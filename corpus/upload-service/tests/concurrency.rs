mod common;

use std::time::Duration;

use common::{content, files_in, text_of, Server};

const CLIENTS: u64 = 64;

fn length(number: u64) -> usize {
    1000 + 97 * number as usize
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_upload_is_counted_once() {
    let server = Server::start().await;
    let uploads: Vec<_> = (0..CLIENTS)
        .map(|number| {
            let client = server.client.clone();
            tokio::spawn(async move {
                let name = format!("file-{number}");
                let data = content(number, length(number));
                assert_eq!(client.put(&name, data.clone()).await.status, 201);
                let answer = client.get(&format!("/files/{name}")).await;
                assert_eq!(answer.body, data);
            })
        })
        .collect();
    for upload in uploads {
        upload.await.unwrap();
    }

    let client = &server.client;
    let bytes: usize = (0..CLIENTS).map(length).sum();
    let largest = length(CLIENTS - 1) as u64;
    assert_eq!(client.metric("uploads_total").await, CLIENTS);
    assert_eq!(client.metric("upload_bytes_total").await, bytes as u64);
    assert_eq!(client.metric("upload_largest_bytes").await, largest);
    assert_eq!(client.metric("published_total").await, CLIENTS);
    assert_eq!(client.metric("downloads_total").await, CLIENTS);
    assert_eq!(client.metric("uploads_in_flight").await, 0);
    assert_eq!(client.metric("uploads_refused_total").await, 0);
    assert_eq!(client.metric("uploads_failed_total").await, 0);
    assert!(client.metric("frames_total").await >= CLIENTS);
    assert_eq!(
        server.service.stats().take_window(),
        (CLIENTS, bytes as u64)
    );
    let names = client.get("/files").await.text().lines().count();
    assert_eq!(names as u64, CLIENTS);
    server.stop_and_remove().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refusals_and_uploads_do_not_mix() {
    let server = Server::start().await;
    let requests: Vec<_> = (0..CLIENTS)
        .map(|number| {
            let token = (number % 2 == 0).then_some("demo");
            let client = server.client.with_token(token);
            let expected = if number % 2 == 0 { 201 } else { 401 };
            tokio::spawn(async move {
                let answer = client.put(&format!("file-{number}"), "data").await;
                assert_eq!(answer.status, expected);
            })
        })
        .collect();
    for request in requests {
        request.await.unwrap();
    }
    let client = &server.client;
    assert_eq!(client.metric("uploads_total").await, CLIENTS / 2);
    assert_eq!(client.metric("uploads_refused_total").await, CLIENTS / 2);
    server.stop_and_remove().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_name_is_always_one_whole_file() {
    let server = Server::start().await;
    let contents: Vec<_> = (0..16).map(|seed| content(seed, 20_000)).collect();
    let uploads: Vec<_> = contents
        .iter()
        .map(|data| {
            let (client, data) = (server.client.clone(), data.clone());
            tokio::spawn(async move {
                assert_eq!(client.put("shared", data).await.status, 201);
                let answer = client.get("/files/shared").await;
                assert_eq!(answer.status, 200);
                answer.body
            })
        })
        .collect();
    for upload in uploads {
        let body = upload.await.unwrap();
        assert!(contents.iter().any(|data| body == *data));
    }
    let last = server.client.get("/files/shared").await.body;
    server.service.tidy().await.unwrap();
    assert_eq!(files_in(&server.dir.join("blobs")).len(), 1);
    let dir = server.stop().await;

    let server = Server::at(dir, |_| {}).await;
    assert_eq!(server.client.get("/files/shared").await.body, last);
    server.stop_and_remove().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn housekeeping_beside_uploads_loses_nothing() {
    let server = Server::with(|config| config.grace = Duration::from_secs(60)).await;
    let uploads: Vec<_> = (0..32)
        .map(|number| {
            let client = server.client.clone();
            tokio::spawn(async move {
                let name = format!("file-{}", number % 4);
                let data = content(number, 5000);
                assert_eq!(client.put(&name, data).await.status, 201);
                let answer = client.get(&format!("/files/{name}")).await;
                assert_eq!(answer.status, 200);
            })
        })
        .collect();
    for _ in 0..5 {
        server.service.tidy().await.unwrap();
        tokio::task::yield_now().await;
    }
    for upload in uploads {
        upload.await.unwrap();
    }
    server.service.tidy().await.unwrap();
    let answer = server.client.send("POST", "/scrub", &[], "").await;
    assert_eq!(answer.text(), "0 damaged\n");
    let audit = text_of(&server.dir.join("audit.log"));
    assert_eq!(audit.lines().count(), 32);
    server.stop_and_remove().await;
}
