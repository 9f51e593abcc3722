//! What a server says of its own messages, asked as any generic client asks it.

use std::collections::BTreeMap;

use futures::stream;
use prost::Message;
use prost_reflect::{DescriptorPool, MethodDescriptor};
use prost_types::{FileDescriptorProto, FileDescriptorSet};
use tonic::transport::Channel;

/// A question after files.
#[derive(Debug, Clone)]
pub(crate) enum Question {
    Symbol(String),
    File(String),
}

/// A published version of reflection.
pub(crate) trait Version {
    /// The encoded files that answer a question.
    async fn files(channel: Channel, question: Question) -> Vec<Vec<u8>>;

    /// Names of all services.
    async fn services(channel: Channel) -> Vec<String>;
}

macro_rules! version {
    ($name:ident, $pb:ident) => {
        pub(crate) struct $name;

        impl Version for $name {
            async fn files(channel: Channel, question: Question) -> Vec<Vec<u8>> {
                use tonic_reflection::pb::$pb::server_reflection_request::MessageRequest as Ask;
                use tonic_reflection::pb::$pb::server_reflection_response::MessageResponse as Answer;
                let asked = match question {
                    Question::Symbol(name) => Ask::FileContainingSymbol(name),
                    Question::File(name) => Ask::FileByFilename(name),
                };
                match $pb(channel, asked).await {
                    Answer::FileDescriptorResponse(files) => files.file_descriptor_proto,
                    other => panic!("{other:?}"),
                }
            }

            async fn services(channel: Channel) -> Vec<String> {
                use tonic_reflection::pb::$pb::server_reflection_request::MessageRequest as Ask;
                use tonic_reflection::pb::$pb::server_reflection_response::MessageResponse as Answer;
                match $pb(channel, Ask::ListServices(String::new())).await {
                    Answer::ListServicesResponse(list) => {
                        list.service.into_iter().map(|service| service.name).collect()
                    }
                    other => panic!("{other:?}"),
                }
            }
        }

        async fn $pb(
            channel: Channel,
            asked: tonic_reflection::pb::$pb::server_reflection_request::MessageRequest,
        ) -> tonic_reflection::pb::$pb::server_reflection_response::MessageResponse {
            use tonic_reflection::pb::$pb::ServerReflectionRequest;
            use tonic_reflection::pb::$pb::server_reflection_client::ServerReflectionClient;
            let request =
                ServerReflectionRequest { host: String::new(), message_request: Some(asked) };
            let mut client = ServerReflectionClient::new(channel);
            let answers = client.server_reflection_info(stream::iter([request])).await.unwrap();
            answers.into_inner().message().await.unwrap().unwrap().message_response.unwrap()
        }
    };
}

version!(V1, v1);
version!(V1alpha, v1alpha);

pub(crate) struct Reflection {
    pool: DescriptorPool,
}

impl Reflection {
    /// Both versions of the feature service, with all that they import.
    pub(crate) async fn read<V: Version>(channel: Channel) -> Self {
        let services = V::services(channel.clone()).await;
        let services = services.into_iter().filter(|name| name.starts_with("zitadel."));
        let mut questions: Vec<_> = services.map(Question::Symbol).collect();
        assert_eq!(questions.len(), 2);
        let mut files = BTreeMap::<String, FileDescriptorProto>::new();
        while let Some(question) = questions.pop() {
            for file in V::files(channel.clone(), question).await {
                let file = FileDescriptorProto::decode(&file[..]).unwrap();
                let wanted = file.dependency.iter().filter(|name| !files.contains_key(*name));
                questions.extend(wanted.cloned().map(Question::File));
                files.insert(file.name().to_owned(), file);
            }
        }
        let mut pool = DescriptorPool::new();
        let set = FileDescriptorSet { file: files.into_values().collect() };
        pool.add_file_descriptor_set(set).unwrap();
        Self { pool }
    }

    pub(crate) fn method(&self, service: &str, name: &str) -> MethodDescriptor {
        let service = self.pool.get_service_by_name(service).unwrap();
        service.methods().find(|method| method.name() == name).unwrap()
    }
}
