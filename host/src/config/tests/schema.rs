use expect_test::expect;
use serde_json::json;

use crate::config::{Kind, Known, schema};

fn plugins() -> [Known; 2] {
    let export = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {
            "fields": { "type": "array", "items": { "$ref": "#/$defs/Field" } },
            "authorization": { "$ref": "#/$defs/Them" },
        },
        "required": ["authorization", "fields"],
        "additionalProperties": false,
        "$defs": { "Field": { "type": "string" }, "Them": { "type": "object" } },
    });
    let stdin = json!({ "oneOf": [{ "$ref": "#/$defs/Lines" }],
        "$defs": { "Lines": { "properties": { "lines": { "type": "boolean" } }, "additionalProperties": false } } });
    [
        Known {
            name: "their-export".to_owned(),
            summary: "Sends to them.".to_owned(),
            kinds: vec![Kind::Transform, Kind::Sink],
            settings: export,
            authorizations: vec!["them".to_owned()],
        },
        Known {
            name: "stdin".to_owned(),
            summary: "Reads lines.".to_owned(),
            kinds: vec![Kind::Source],
            settings: stdin,
            authorizations: Vec::new(),
        },
    ]
}

#[test]
fn what_an_editor_gets() {
    expect![[r##"
        {
          "$defs": {
            "authorization": {
              "patternProperties": {
                "(key|token|secret|password|passphrase)$": {
                  "description": "`SECRET[env.NAME]` or `SECRET[file./path]`",
                  "pattern": "^SECRET\\[(env|file)\\..+\\]$",
                  "type": "string"
                }
              },
              "properties": {
                "description": {
                  "description": "Whose it is, and what for.",
                  "type": "string"
                },
                "expires": {
                  "description": "The day on which it ends: `2027-01-31`. `check` and `status` warn two weeks before.",
                  "format": "date",
                  "type": "string"
                },
                "hosts": {
                  "additionalProperties": {
                    "pattern": "^https?://[^/]+/?$",
                    "type": "string"
                  },
                  "description": "Where each target of a plugin is. `files`: from where a source fetches files that the vendor names, where a `*.` in front stands for several hosts; nothing secret goes there.",
                  "type": "object"
                },
                "label": {
                  "description": "What messages call it.",
                  "type": "string"
                },
                "plain_http": {
                  "default": false,
                  "description": "Lets a secret go to this machine without encryption, to a sandbox.",
                  "type": "boolean"
                },
                "share": {
                  "default": 1,
                  "description": "How much of each of the vendor's budgets is this pipeline's; the rest is left to others.",
                  "exclusiveMinimum": 0,
                  "maximum": 1,
                  "type": "number"
                },
                "type": {
                  "anyOf": [
                    {
                      "enum": [
                        "object_store",
                        "pgp",
                        "sftp",
                        "sftp_pgp",
                        "sftp_server",
                        "them"
                      ]
                    },
                    {
                      "type": "string"
                    }
                  ],
                  "description": "What kind of credential it is."
                }
              },
              "required": [
                "type"
              ],
              "type": "object"
            },
            "settings.source.stdin": {
              "$defs": {
                "Lines": {
                  "additionalProperties": false,
                  "properties": {
                    "lines": {
                      "type": "boolean"
                    }
                  }
                }
              },
              "oneOf": [
                {
                  "properties": {
                    "lines": {
                      "type": "boolean"
                    }
                  }
                }
              ]
            },
            "settings.transform-sink.their-export": {
              "$defs": {
                "Field": {
                  "type": "string"
                },
                "Them": {
                  "type": "object"
                }
              },
              "properties": {
                "fields": {
                  "items": {
                    "$ref": "#/$defs/settings.transform-sink.their-export/$defs/Field"
                  },
                  "type": "array"
                }
              },
              "required": [
                "fields"
              ],
              "type": "object"
            },
            "sink": {
              "allOf": [
                {
                  "if": {
                    "properties": {
                      "type": {
                        "const": "their-export"
                      }
                    },
                    "required": [
                      "type"
                    ]
                  },
                  "then": {
                    "$ref": "#/$defs/settings.transform-sink.their-export"
                  }
                },
                {
                  "if": {
                    "properties": {
                      "type": {
                        "pattern": "/|\\.wasm$"
                      }
                    },
                    "required": [
                      "type"
                    ]
                  },
                  "then": {
                    "additionalProperties": true
                  }
                }
              ],
              "properties": {
                "authorization": {
                  "description": "The name of an authorization.",
                  "type": "string"
                },
                "concurrency": {
                  "default": 128,
                  "description": "How many requests may be in flight.",
                  "maximum": 1024,
                  "minimum": 1,
                  "type": "integer"
                },
                "description": {
                  "description": "What it is for.",
                  "type": "string"
                },
                "inputs": {
                  "description": "The ids of the sources and transforms that it reads.",
                  "items": {
                    "pattern": "^[a-z0-9-]{1,64}$",
                    "type": "string"
                  },
                  "minItems": 1,
                  "type": "array",
                  "uniqueItems": true
                },
                "label": {
                  "description": "What `check` and `status` call it.",
                  "type": "string"
                },
                "linger": {
                  "default": "100ms",
                  "description": "How long a sink waits for more before it sends a request that is not full. Between 0s and 10m.",
                  "type": "string"
                },
                "max_attempts": {
                  "default": 5,
                  "description": "How often a request may fail while others pass, before it is taken apart to find the event at fault.",
                  "maximum": 1000,
                  "minimum": 1,
                  "type": "integer"
                },
                "on_unknown": {
                  "default": "repeat",
                  "description": "What becomes of a request that is not repeatable when its answer never came: sent again, or kept as a dead letter.",
                  "enum": [
                    "repeat",
                    "dead_letter"
                  ]
                },
                "type": {
                  "anyOf": [
                    {
                      "const": "their-export",
                      "description": "Sends to them. Authorization: them."
                    },
                    {
                      "description": "The path of a component.",
                      "pattern": "/|\\.wasm$",
                      "type": "string"
                    }
                  ],
                  "description": "A plugin's name, or the path of a `.wasm` file."
                }
              },
              "required": [
                "type",
                "inputs"
              ],
              "type": "object",
              "unevaluatedProperties": false
            },
            "source": {
              "allOf": [
                {
                  "if": {
                    "properties": {
                      "type": {
                        "const": "stdin"
                      }
                    },
                    "required": [
                      "type"
                    ]
                  },
                  "then": {
                    "$ref": "#/$defs/settings.source.stdin"
                  }
                },
                {
                  "if": {
                    "properties": {
                      "type": {
                        "pattern": "/|\\.wasm$"
                      }
                    },
                    "required": [
                      "type"
                    ]
                  },
                  "then": {
                    "additionalProperties": true
                  }
                }
              ],
              "properties": {
                "acknowledge": {
                  "default": "journaled",
                  "description": "When a caller is answered: once its events are journaled, or once they are delivered.",
                  "enum": [
                    "journaled",
                    "delivered"
                  ]
                },
                "address": {
                  "default": "127.0.0.1:8080",
                  "description": "Where it listens, if it is one that does: an IP address and a port.",
                  "type": "string"
                },
                "authorization": {
                  "description": "The name of an authorization.",
                  "type": "string"
                },
                "deduplicate": {
                  "additionalProperties": false,
                  "description": "Drops an event that was taken before, for senders that send again without need. What is dropped counts as skipped.",
                  "properties": {
                    "by": {
                      "default": "content",
                      "description": "By what an event is known again: `id`, if its source gives it one, or `content`: the same person and the same body.",
                      "enum": [
                        "content",
                        "id"
                      ]
                    },
                    "window": {
                      "default": "1h",
                      "description": "For how long. Between 1s and 168h.",
                      "type": "string"
                    }
                  },
                  "type": "object"
                },
                "description": {
                  "description": "What it is for.",
                  "type": "string"
                },
                "every": {
                  "default": "once",
                  "description": "How long after the end of a run the next begins, for a source that asks for pages or files, or reads files; or `once`. After a start the first begins at once. Without it, pages and files are asked for once, and a folder of files is watched.",
                  "type": "string"
                },
                "files": {
                  "description": "Where the files lie that a source reads.",
                  "oneOf": [
                    {
                      "additionalProperties": false,
                      "properties": {
                        "order": {
                          "default": "modified",
                          "description": "Which file comes first: the one changed first, or by name.",
                          "enum": [
                            "modified",
                            "name"
                          ]
                        },
                        "path": {
                          "description": "The folder. A relative path begins at this file's folder.",
                          "type": "string"
                        },
                        "pattern": {
                          "default": "*",
                          "description": "Which files are meant: `*` is any text, `?` any letter. Where files lie in folders, their folders are a part of it: `day=2026-11-*/*.csv`.",
                          "type": "string"
                        },
                        "pgp": {
                          "description": "The name of an authorization with a `pgp_private_key`: the files are encrypted to that key, and no other is taken.",
                          "type": "string"
                        },
                        "recursive": {
                          "default": false,
                          "description": "Whether what lies in its folders counts, too, but for hidden ones, and for `done` and `failed`. A file that is moved keeps the folders in which it lay.",
                          "type": "boolean"
                        },
                        "settle": {
                          "default": "2s",
                          "description": "How long a file's size and time must stand still before it is taken. Between 0s and 1h.",
                          "type": "string"
                        },
                        "type": {
                          "const": "drop_folder",
                          "description": "A folder of this machine."
                        },
                        "when_done": {
                          "default": "move",
                          "description": "What becomes of a file that was read: it is moved to the folder `done` beside it, kept, or deleted. One that is not what it should be goes to `failed`.",
                          "enum": [
                            "move",
                            "keep",
                            "delete"
                          ]
                        }
                      },
                      "required": [
                        "type",
                        "path"
                      ],
                      "title": "drop_folder",
                      "type": "object"
                    },
                    {
                      "additionalProperties": false,
                      "properties": {
                        "authorization": {
                          "description": "The name of an authorization of the type `sftp` or `sftp_pgp`.",
                          "type": "string"
                        },
                        "order": {
                          "default": "modified",
                          "description": "Which file comes first: the one changed first, or by name.",
                          "enum": [
                            "modified",
                            "name"
                          ]
                        },
                        "path": {
                          "description": "The folder there. A relative path begins where a login begins, and so does none.",
                          "type": "string"
                        },
                        "pattern": {
                          "default": "*",
                          "description": "Which files are meant: `*` is any text, `?` any letter. Where files lie in folders, their folders are a part of it: `day=2026-11-*/*.csv`.",
                          "type": "string"
                        },
                        "pgp": {
                          "description": "The name of an authorization with a `pgp_private_key`: the files are encrypted to that key, and no other is taken.",
                          "type": "string"
                        },
                        "recursive": {
                          "default": false,
                          "description": "Whether what lies in its folders counts, too, but for hidden ones, and for `done` and `failed`. A file that is moved keeps the folders in which it lay.",
                          "type": "boolean"
                        },
                        "settle": {
                          "default": "2s",
                          "description": "How long a file's size and time must stand still before it is taken. Between 0s and 1h.",
                          "type": "string"
                        },
                        "type": {
                          "const": "sftp",
                          "description": "A folder of an SFTP server."
                        },
                        "when_done": {
                          "default": "keep",
                          "description": "What becomes of a file that was read: it is kept, moved to the folder `done` beside it, or deleted. One that is not what it should be goes to `failed`, unless files are kept.",
                          "enum": [
                            "move",
                            "keep",
                            "delete"
                          ]
                        }
                      },
                      "required": [
                        "type",
                        "authorization"
                      ],
                      "title": "sftp",
                      "type": "object"
                    },
                    {
                      "additionalProperties": false,
                      "properties": {
                        "address": {
                          "default": "127.0.0.1:2022",
                          "description": "Where it listens: an IP address and a port.",
                          "type": "string"
                        },
                        "authorization": {
                          "description": "The name of an authorization of the type `sftp_server`.",
                          "type": "string"
                        },
                        "max_file": {
                          "default": "2GiB",
                          "description": "The largest file that may be put there. Between 1KiB and 1TiB.",
                          "pattern": "^[0-9]+ *(B|[KMGT]iB|[kMGT]B)$",
                          "type": "string"
                        },
                        "max_files": {
                          "default": 1440,
                          "description": "How many files may wait there to be read.",
                          "maximum": 100000,
                          "minimum": 1,
                          "type": "integer"
                        },
                        "max_size": {
                          "default": "10GiB",
                          "description": "How much may wait there to be read, together. Between 1KiB and 16TiB.",
                          "pattern": "^[0-9]+ *(B|[KMGT]iB|[kMGT]B)$",
                          "type": "string"
                        },
                        "order": {
                          "default": "modified",
                          "description": "Which file comes first: the one changed first, or by name.",
                          "enum": [
                            "modified",
                            "name"
                          ]
                        },
                        "path": {
                          "description": "The folder, which is made if it is not there. A relative path begins at this file's folder.",
                          "type": "string"
                        },
                        "pattern": {
                          "default": "*",
                          "description": "Which files are meant: `*` is any text, `?` any letter. Where files lie in folders, their folders are a part of it: `day=2026-11-*/*.csv`.",
                          "type": "string"
                        },
                        "pgp": {
                          "description": "The name of an authorization with a `pgp_private_key`: the files are encrypted to that key, and no other is taken.",
                          "type": "string"
                        },
                        "settle": {
                          "default": "2s",
                          "description": "How long a file's size and time must stand still before it is taken. Between 0s and 1h.",
                          "type": "string"
                        },
                        "type": {
                          "const": "sftp_server",
                          "description": "A folder into which others put files over SFTP."
                        },
                        "when_done": {
                          "default": "move",
                          "description": "What becomes of a file that was read: it is moved to the folder `done` beside it, kept, or deleted. One that is not what it should be goes to `failed`.",
                          "enum": [
                            "move",
                            "keep",
                            "delete"
                          ]
                        }
                      },
                      "required": [
                        "type",
                        "authorization",
                        "path"
                      ],
                      "title": "sftp_server",
                      "type": "object"
                    },
                    {
                      "additionalProperties": false,
                      "properties": {
                        "authorization": {
                          "description": "The name of an authorization of the type `object_store`.",
                          "type": "string"
                        },
                        "bucket": {
                          "description": "The bucket, or the container.",
                          "type": "string"
                        },
                        "order": {
                          "default": "modified",
                          "description": "Which file comes first: the one changed first, or by name.",
                          "enum": [
                            "modified",
                            "name"
                          ]
                        },
                        "path": {
                          "description": "What the keys of the files begin with; all below it counts.",
                          "type": "string"
                        },
                        "pattern": {
                          "default": "*",
                          "description": "Which files are meant: `*` is any text, `?` any letter. Where files lie in folders, their folders are a part of it: `day=2026-11-*/*.csv`.",
                          "type": "string"
                        },
                        "pgp": {
                          "description": "The name of an authorization with a `pgp_private_key`: the files are encrypted to that key, and no other is taken.",
                          "type": "string"
                        },
                        "settle": {
                          "default": "2s",
                          "description": "How long a file's size and time must stand still before it is taken. Between 0s and 1h.",
                          "type": "string"
                        },
                        "type": {
                          "const": "object_store",
                          "description": "A bucket of S3, Google Cloud Storage or Azure."
                        },
                        "when_done": {
                          "default": "keep",
                          "description": "What becomes of a file that was read: it is kept, moved to the folder `done` beside it, or deleted. One that is not what it should be goes to `failed`, unless files are kept.",
                          "enum": [
                            "move",
                            "keep",
                            "delete"
                          ]
                        }
                      },
                      "required": [
                        "type",
                        "authorization",
                        "bucket"
                      ],
                      "title": "object_store",
                      "type": "object"
                    }
                  ]
                },
                "label": {
                  "description": "What `check` and `status` call it.",
                  "type": "string"
                },
                "max_body": {
                  "default": "10MiB",
                  "description": "The largest body that a caller may send; a larger one is answered with 413. Between 1KiB and 1GiB.",
                  "pattern": "^[0-9]+ *(B|[KMGT]iB|[kMGT]B)$",
                  "type": "string"
                },
                "max_uncommitted": {
                  "additionalProperties": false,
                  "description": "How much may be on its way before the source is read no further.",
                  "properties": {
                    "events": {
                      "default": 50000,
                      "description": "In events.",
                      "maximum": 10000000,
                      "minimum": 1,
                      "type": "integer"
                    },
                    "size": {
                      "default": "64MiB",
                      "description": "In bytes of events. Between 1KiB and 16GiB.",
                      "pattern": "^[0-9]+ *(B|[KMGT]iB|[kMGT]B)$",
                      "type": "string"
                    }
                  },
                  "type": "object"
                },
                "public_url": {
                  "description": "The address at which others know it, where a proxy stands before it or a name leads to it: `https://hooks.example.com`. It changes nothing but what `check` and the log tell to paste.",
                  "pattern": "^https?://[^?#@]+$",
                  "type": "string"
                },
                "tls": {
                  "additionalProperties": false,
                  "description": "The certificate with which a source that is sent to speaks TLS; without it, it speaks plain HTTP.",
                  "properties": {
                    "crt_file": {
                      "description": "The certificate and those between it and the root, in PEM. Read again when it changes.",
                      "type": "string"
                    },
                    "key_file": {
                      "description": "Its private key, in PEM. Read again when it changes.",
                      "type": "string"
                    }
                  },
                  "required": [
                    "crt_file",
                    "key_file"
                  ],
                  "type": "object"
                },
                "type": {
                  "anyOf": [
                    {
                      "const": "stdin",
                      "description": "Reads lines."
                    },
                    {
                      "description": "The path of a component.",
                      "pattern": "/|\\.wasm$",
                      "type": "string"
                    }
                  ],
                  "description": "A plugin's name, or the path of a `.wasm` file."
                }
              },
              "required": [
                "type"
              ],
              "type": "object",
              "unevaluatedProperties": false
            },
            "transform": {
              "allOf": [
                {
                  "if": {
                    "properties": {
                      "type": {
                        "const": "their-export"
                      }
                    },
                    "required": [
                      "type"
                    ]
                  },
                  "then": {
                    "$ref": "#/$defs/settings.transform-sink.their-export"
                  }
                },
                {
                  "if": {
                    "properties": {
                      "type": {
                        "pattern": "/|\\.wasm$"
                      }
                    },
                    "required": [
                      "type"
                    ]
                  },
                  "then": {
                    "additionalProperties": true
                  }
                }
              ],
              "properties": {
                "audiences": {
                  "description": "The audiences that this transform is about. Needed for `on_audience_removed: remove` alone.",
                  "items": {
                    "type": "string"
                  },
                  "type": "array"
                },
                "authorization": {
                  "description": "The name of an authorization.",
                  "type": "string"
                },
                "description": {
                  "description": "What it is for.",
                  "type": "string"
                },
                "inputs": {
                  "description": "The ids of the sources and transforms that it reads.",
                  "items": {
                    "pattern": "^[a-z0-9-]{1,64}$",
                    "type": "string"
                  },
                  "minItems": 1,
                  "type": "array",
                  "uniqueItems": true
                },
                "label": {
                  "description": "What `check` and `status` call it.",
                  "type": "string"
                },
                "max_exit": {
                  "default": "20%",
                  "description": "If more than this of an audience, and at least 100 people, would leave it within one snapshot, nothing of that is sent before `brazeline approve`. Between 0% and 100%.",
                  "pattern": "^[0-9]+ *%$",
                  "type": "string"
                },
                "on_audience_removed": {
                  "default": "leave",
                  "description": "What happens to an audience that was told and is not in `audiences` any more: it is left, or taken off everybody.",
                  "enum": [
                    "leave",
                    "remove"
                  ]
                },
                "type": {
                  "anyOf": [
                    {
                      "const": "their-export",
                      "description": "Sends to them. Authorization: them."
                    },
                    {
                      "description": "The path of a component.",
                      "pattern": "/|\\.wasm$",
                      "type": "string"
                    }
                  ],
                  "description": "A plugin's name, or the path of a `.wasm` file."
                }
              },
              "required": [
                "type",
                "inputs"
              ],
              "type": "object",
              "unevaluatedProperties": false
            }
          },
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "additionalProperties": false,
          "properties": {
            "authorizations": {
              "additionalProperties": {
                "$ref": "#/$defs/authorization"
              },
              "description": "Named credentials.",
              "propertyNames": {
                "pattern": "^[A-Za-z0-9_-]{1,64}$"
              },
              "type": "object"
            },
            "data_dir": {
              "default": "./data",
              "description": "Where its store lies. A relative path begins at this file's folder.",
              "type": "string"
            },
            "description": {
              "description": "What it is for.",
              "type": "string"
            },
            "journal": {
              "additionalProperties": false,
              "description": "What waits to be delivered.",
              "properties": {
                "max_size": {
                  "default": "1GiB",
                  "description": "How large the journal may grow. When it is full, callers are asked to come again later. Between 16MiB and 16TiB.",
                  "pattern": "^[0-9]+ *(B|[KMGT]iB|[kMGT]B)$",
                  "type": "string"
                }
              },
              "type": "object"
            },
            "label": {
              "description": "What `check` and `status` call it.",
              "type": "string"
            },
            "name": {
              "description": "Part of the identity of its state.",
              "pattern": "^[a-z0-9-]{1,64}$",
              "type": "string"
            },
            "sinks": {
              "additionalProperties": {
                "$ref": "#/$defs/sink"
              },
              "description": "Where events go.",
              "propertyNames": {
                "pattern": "^[a-z0-9-]{1,64}$"
              },
              "type": "object"
            },
            "sources": {
              "additionalProperties": {
                "$ref": "#/$defs/source"
              },
              "description": "Where events come from.",
              "propertyNames": {
                "pattern": "^[a-z0-9-]{1,64}$"
              },
              "type": "object"
            },
            "transforms": {
              "additionalProperties": {
                "$ref": "#/$defs/transform"
              },
              "description": "What changes events.",
              "propertyNames": {
                "pattern": "^[a-z0-9-]{1,64}$"
              },
              "type": "object"
            }
          },
          "required": [
            "name",
            "sources",
            "sinks"
          ],
          "title": "A Brazeline pipeline",
          "type": "object"
        }"##]].assert_eq(&serde_json::to_string_pretty(&schema(&plugins())).unwrap());
}

/// Every `$ref` leads somewhere.
#[test]
fn references_lead_somewhere() {
    let schema = schema(&plugins());
    let text = schema.to_string();
    let targets: Vec<&str> = text.split("\"$ref\":\"#").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    assert!(targets.len() > 6, "{targets:?}");
    for target in targets {
        assert!(schema.pointer(target).is_some(), "{target}");
    }
}

#[test]
fn a_source_and_a_sink_of_one_name_keep_their_own_settings() {
    let known = |kind, of: &str| Known {
        name: "file".to_owned(),
        summary: of.to_owned(),
        kinds: vec![kind],
        settings: json!({ "properties": { of: { "type": "string" } } }),
        authorizations: Vec::new(),
    };
    let schema = schema(&[known(Kind::Source, "read"), known(Kind::Sink, "written")]);
    for (name, setting) in [("settings.source.file", "read"), ("settings.sink.file", "written")] {
        assert!(schema["$defs"][name]["properties"].get(setting).is_some(), "{name}");
    }
}
