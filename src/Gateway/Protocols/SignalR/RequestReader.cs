using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Limits;
using ImOrleans.Domain.Messages;

namespace ImOrleans.Gateway.Protocols.SignalR;

/// <summary>
/// Reads the fields of a request. The first one that is wrong is kept; what was read after it means nothing.
/// </summary>
/// <remarks>
/// A field that is missing, null or of a wrong type is <see cref="ErrorCode.InvalidParameter"/> with its name; one
/// whose
/// value breaks a rule has that rule's code. A field that may be left out may be null as well.
/// </remarks>
internal sealed partial class RequestReader
{
    /// <summary>
    /// Levels of an object that is carried on. Receivers get it some levels deeper, and many of their libraries stop at 64.
    /// </summary>
    public const int ObjectDepthMax = 32;

    private readonly JsonElement _body;
    private readonly ErrorCode _malformed;

    /// <param name="request">What came.</param>
    /// <param name="malformed">The code of a field that is missing or of a wrong type: each family has its own.</param>
    public RequestReader(HubRequest request, ErrorCode malformed = ErrorCode.InvalidParameter)
    {
        _malformed = malformed;
        _body = request.Body;
        var isObject = _body.ValueKind is JsonValueKind.Object or JsonValueKind.Undefined or JsonValueKind.Null;
        if (request.IsMalformed || !isObject)
            Refusal = new(malformed, "The request must be one JSON object.");
    }

    /// <summary>What is wrong; null when all that was read is fine.</summary>
    public Refusal? Refusal { get; private set; }

    public ChannelName Channel(string field = "channel")
    {
        var text = Required(field);
        if (text is not null && !ChannelName.TryParse(text, out _))
            Refuse(ErrorCode.InvalidChannelName, $"'{field}' is no channel name: 1 to 64 of the allowed characters.");
        return new(text ?? "");
    }

    public TopicName Topic()
    {
        var text = Required("topic");
        if (text is not null && !TopicName.TryParse(text, out _))
            Refuse(ErrorCode.ChannelInvalidTopicName, "'topic' is no topic name: 1 to 64 of the allowed characters.");
        return new(text ?? "");
    }

    public UserId User(string field)
    {
        var text = Required(field);
        if (text is not null && !UserId.TryParse(text, out _))
            Refuse(ErrorCode.InvalidUserId, $"'{field}' is no user id: 1 to 64 of the allowed characters.");
        return new(text ?? "");
    }

    /// <summary>A list of user ids, each once; empty when the field is left out.</summary>
    public ImmutableArray<UserId> Users()
    {
        if (!TryGet("users", out var list))
            return [];
        if (list.ValueKind != JsonValueKind.Array)
        {
            RefuseField("users", "an array of strings");
            return [];
        }

        if (list.GetArrayLength() > RtmLimits.UsersPerRequestMax)
        {
            Refuse(ErrorCode.ChannelInvalidUserList, $"'users' names more than {RtmLimits.UsersPerRequestMax} users.");
            return [];
        }

        var users = new List<UserId>();
        foreach (var item in list.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.String || !TryGetString(item, out var text))
                RefuseField("users", "an array of strings");
            else if (!UserId.TryParse(text, out var user))
                Refuse(ErrorCode.InvalidUserId, "'users' has an entry that is no user id.");
            else if (!users.Contains(user))
                users.Add(user);
        }

        return [.. users];
    }

    /// <summary>A list of objects, each with a reader of its own; empty when the field is left out.</summary>
    public IReadOnlyList<RequestReader> Objects(string field)
    {
        if (!TryGet(field, out var list))
            return [];
        if (list.ValueKind == JsonValueKind.Array
            && list.EnumerateArray().All(item => item.ValueKind == JsonValueKind.Object))
            return [.. list.EnumerateArray().Select(item => new RequestReader(new HubRequest(item, false), _malformed))];
        RefuseField(field, "an array of objects");
        return [];
    }

    /// <summary>A list of texts; empty when the field is left out.</summary>
    public IReadOnlyList<string> Texts(string field)
    {
        if (!TryGet(field, out var list))
            return [];
        var texts = new List<string>();
        if (list.ValueKind != JsonValueKind.Array)
            RefuseField(field, "an array of strings");
        else
            foreach (var item in list.EnumerateArray())
                if (item.ValueKind == JsonValueKind.String && TryGetString(item, out var text))
                    texts.Add(text);
                else
                    RefuseField(field, "an array of strings");
        return texts;
    }

    /// <summary>The members of an object of strings, which has to be there; a name that is there twice comes twice.</summary>
    public IReadOnlyList<(string Name, string Value)> Pairs(string field)
    {
        var pairs = new List<(string, string)>();
        if (!TryGet(field, out var members))
            RefuseMissing(field);
        else if (members.ValueKind != JsonValueKind.Object)
            RefuseField(field, "an object of strings");
        else
            foreach (var member in members.EnumerateObject())
                if (member.Value.ValueKind == JsonValueKind.String && TryGetName(member, out var name)
                    && TryGetString(member.Value, out var text))
                    pairs.Add((name, text));
                else
                    RefuseField(field, "an object of strings");
        return pairs;
    }

    /// <summary>A JSON object that has to be there, as it was written.</summary>
    /// <param name="field">Which.</param>
    /// <param name="bytesMax">The most bytes that it may have.</param>
    public ReadOnlyMemory<byte> Object(string field, int bytesMax)
    {
        if (!TryGet(field, out var value))
        {
            RefuseMissing(field);
            return default;
        }

        if (value.ValueKind != JsonValueKind.Object)
        {
            RefuseField(field, "an object");
            return default;
        }

        var bytes = Encoding.UTF8.GetBytes(value.GetRawText());
        if (bytes.Length > bytesMax)
            Refuse(_malformed, $"'{field}' has more than {bytesMax} bytes.");
        else if (DepthOf(bytes) > ObjectDepthMax)
            Refuse(_malformed, $"'{field}' is nested more than {ObjectDepthMax} levels deep.");
        return bytes;
    }

    /// <summary>True when a field is there and not null.</summary>
    public bool Has(string field) => TryGet(field, out _);

    /// <summary>A text that has to be there.</summary>
    public string Text(string field, bool isRequired) => (isRequired ? Required(field) : Text(field)) ?? "";

    /// <summary>A text that may be left out.</summary>
    public string? Text(string field) => TryGet(field, out var value) ? TextOf(field, value) : null;

    /// <summary>True or false; <paramref name="otherwise"/> when the field is left out.</summary>
    public bool Flag(string field, bool otherwise)
    {
        if (!TryGet(field, out var value))
            return otherwise;
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return value.GetBoolean();
        RefuseField(field, "true or false");
        return otherwise;
    }

    /// <summary>A whole number that may be left out.</summary>
    public long? Number(string field)
    {
        if (!TryGet(field, out var value))
            return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number))
            return number;
        RefuseField(field, "a whole number");
        return null;
    }

    /// <summary>One of a few words; <paramref name="otherwise"/> when the field is left out.</summary>
    public TValue OneOf<TValue>(string field, TValue otherwise, params ReadOnlySpan<(string Word, TValue Value)> words)
    {
        if (!TryGet(field, out var given))
            return otherwise;
        if (given.ValueKind == JsonValueKind.String && TryGetString(given, out var text))
            foreach (var (word, value) in words)
                if (word == text)
                    return value;
        var names = new List<string>();
        foreach (var (word, _) in words)
            names.Add($"'{word}'");
        RefuseField(field, "one of " + string.Join(", ", names));
        return otherwise;
    }

    /// <summary>The message of a publish: messageType, payload, customType.</summary>
    /// <param name="bytesMax">The most bytes that the payload may have.</param>
    public Payload Payload(int bytesMax)
    {
        var type = Required("messageType") switch
        {
            "string" => MessageType.String,
            "binary" => MessageType.Binary,
            null => MessageType.String,
            _ => RefuseType(),
        };
        var text = Required("payload");
        var customType = Text("customType");
        if (customType?.Length > RtmLimits.CustomTypeLengthMax)
            Refuse(
                ErrorCode.ChannelCustomTypeLengthOverflow,
                $"'customType' has more than {RtmLimits.CustomTypeLengthMax} characters.");
        if (text is null || Refusal is not null)
            return new(type, default);
        var bytes = type == MessageType.String ? Encoding.UTF8.GetBytes(text) : Base64(text);
        if (bytes.Length > bytesMax)
            Refuse(ErrorCode.ChannelMessageLengthExceedLimitation, $"'payload' has more than {bytesMax} bytes.");
        return new(type, bytes, customType);
    }

    /// <summary>Refuses when a field is missing or null.</summary>
    public void Require(string field)
    {
        if (!TryGet(field, out _))
            RefuseMissing(field);
    }

    /// <summary>Keeps a refusal of the caller's own rule.</summary>
    public void Refuse(ErrorCode code, string message) => Refusal ??= new(code, message);

    private static int DepthOf(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        var deepest = 0;
        while (reader.Read())
            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                deepest = Math.Max(deepest, reader.CurrentDepth + 1);
        return deepest;
    }

    private MessageType RefuseType()
    {
        Refuse(ErrorCode.ChannelUnsupportedMessageType, "'messageType' must be 'string' or 'binary'.");
        return MessageType.String;
    }

    private byte[] Base64(string text)
    {
        var bytes = new byte[(text.Length / 4 * 3) + 3];
        if (Convert.TryFromBase64String(text, bytes, out var count))
            return bytes[..count];
        RefuseField("payload", "base64, as 'messageType' is 'binary'");
        return [];
    }

    private string? TextOf(string field, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String && TryGetString(value, out var text))
            return text;
        RefuseField(field, "a string");
        return null;
    }

    private string? Required(string field)
    {
        if (TryGet(field, out var value))
            return TextOf(field, value);
        RefuseMissing(field);
        return null;
    }

    private void RefuseMissing(string field) => Refuse(_malformed, $"'{field}' is missing.");

    private void RefuseField(string field, string expected) =>
        Refuse(_malformed, $"'{field}' must be {expected}.");

    private bool TryGet(string field, out JsonElement value)
    {
        value = default;
        if (_body.ValueKind != JsonValueKind.Object)
            return false;
        try
        {
            return _body.TryGetProperty(field, out value) && value.ValueKind != JsonValueKind.Null;
        }
        catch (InvalidOperationException)
        {
            // A property name with half of a surrogate pair.
            Refuse(_malformed, "The request has a property name that is not Unicode.");
            return false;
        }
    }

    private static bool TryGetName(JsonProperty member, out string name)
    {
        try
        {
            name = member.Name;
            return true;
        }
        catch (InvalidOperationException)
        {
            name = "";
            return false;
        }
    }

    private static bool TryGetString(JsonElement value, out string text)
    {
        try
        {
            text = value.GetString()!;
            return true;
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair is no Unicode text.
            text = "";
            return false;
        }
    }
}
