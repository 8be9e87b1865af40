package io.troupe.supervisor.criu;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the standard streams of a container went when its images were written: a JSON list of what /proc/PID/fd/0, 1 and
 * 2 showed, in a file beside the images. Name and form are runc's; files of the host are ours.
 */
public final class StreamNames {
    /** Name of the file that has them. */
    public static final String LIST = "descriptors.json";

    /** What the name of a pipe begins with. */
    public static final String PIPE = "pipe:";

    /** What the name of a file begins with that the container has no mount of: CRIU's word for it. */
    public static final String FILE = "file[";

    private static final JsonFactory JSON = new JsonFactory();

    private StreamNames() {}

    /** {@return the text of the file} */
    public static String write(List<String> names) throws IOException {
        StringWriter text = new StringWriter();
        try (JsonGenerator out = JSON.createGenerator(text)) {
            out.writeStartArray();
            for (String name : names) {
                out.writeString(name);
            }
            out.writeEndArray();
        }
        return text.toString();
    }

    /**
     * {@return the names, in the order of the descriptors}
     *
     * @throws IOException if the text is no list of strings
     */
    public static List<String> read(String text) throws IOException {
        List<String> names = new ArrayList<>();
        try (JsonParser in = JSON.createParser(text)) {
            require(in.nextToken() == JsonToken.START_ARRAY);
            while (in.nextToken() != JsonToken.END_ARRAY) {
                require(in.currentToken() == JsonToken.VALUE_STRING);
                names.add(in.getText());
            }
        }
        return List.copyOf(names);
    }

    private static void require(boolean holds) throws IOException {
        if (!holds) {
            throw new IOException(LIST + " is no list of strings");
        }
    }
}
