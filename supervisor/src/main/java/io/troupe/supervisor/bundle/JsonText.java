package io.troupe.supervisor.bundle;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.troupe.protocol.FailureCode;
import io.troupe.protocol.FailureException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Bytes to a JSON object: strict UTF-8, no name twice, bounded in size, depth and length of numbers. */
final class JsonText {
    /** Bytes that a configuration may have: 4 MiB, some hundred times what the largest ones in use have. */
    static final int MAX_BYTES = 4 << 20;

    private static final int MAX_DEPTH = 32;
    private static final int MAX_DIGITS = 40;
    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxNumberLength(MAX_DIGITS)
                            .maxStringLength(MAX_BYTES)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private JsonText() {}

    /** {@return the object in {@code bytes}} Errors name {@code file}, such as {@code config.json}. */
    static Section parse(String file, byte[] bytes) {
        if (bytes.length > MAX_BYTES) {
            throw wrong(file, "has more than " + MAX_BYTES + " bytes", "Make it smaller");
        }
        String text = decode(file, bytes);
        if (text.isBlank()) {
            throw wrong(file, "is empty", "Write one with \"troupe spec\"");
        }
        return Value.root(file, tree(file, text)).object();
    }

    /** {@return the text of {@code bytes}, which must be UTF-8} */
    static String decode(String file, byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException _) {
            throw wrong(file, "is not UTF-8", "Encode it so");
        }
    }

    private static JsonNode tree(String file, String text) {
        try {
            return MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation();
            String where = at == null ? file : file + " line " + at.getLineNr() + ", column " + at.getColumnNr();
            throw wrong(where, "is not valid JSON: " + firstLine(e.getOriginalMessage()), "Correct it");
        }
    }

    /** Jackson's words, without the parts that speak of its own classes and settings. */
    private static String firstLine(String message) {
        String line = message.lines().findFirst().orElse("");
        int ours = line.indexOf(" (");
        return ours > 0 && (line.contains("Feature") || line.contains("StreamReadConstraints"))
                ? line.substring(0, ours)
                : line;
    }

    private static FailureException wrong(String where, String what, String remedy) {
        return new FailureException(FailureCode.INVALID_BUNDLE, where, what, remedy);
    }
}
