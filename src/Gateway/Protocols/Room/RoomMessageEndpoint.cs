using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;
using ImOrleans.Domain.Delivery;
using ImOrleans.Domain.Errors;
using ImOrleans.Domain.Identifiers;
using ImOrleans.Domain.Limits;
using ImOrleans.Domain.Messages;
using ImOrleans.Gateway.Auth;
using ImOrleans.Gateway.Auth.Permissions;
using ImOrleans.Gateway.Channels;
using ImOrleans.Gateway.Protocols.GoJson;
using ImOrleans.Gateway.ServerApi;
using ImOrleans.Gateway.Sessions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace ImOrleans.Gateway.Protocols.Room;

/// <summary><c>POST /msg</c> of the chat room protocol: an important message to a room, which its sender need not be in.</summary>
/// <remarks>
/// Fields: <c>room_id</c> and <c>msg</c>, as a form, as multipart or as a JSON object; header
/// <c>Authorization: Bearer &lt;jwt&gt;</c>. The answer is always 200: <c>{"code":1,"msg":"suc"}</c>, or <c>"code":0</c> and why.
/// Members get <c>msg</c> as a JSON string, so that what is JSON has to be parsed twice (row C15). Any origin may call;
/// OPTIONS is 200, other methods are 405.
/// </remarks>
internal sealed class RoomMessageEndpoint(
    RoomSignIn signIn, MessageChannelCalls channels, ServerCalls calls, TimeProvider clock, IOptions<RoomOptions> options,
    IOptions<RateLimitOptions> rates)
{
    private const string Methods = "POST, OPTIONS";
    private const string Scheme = "Bearer ";
    private const int SuccessCode = 1;
    private const int FailureCode = 0;
    private const int SignInFirstCode = 1001;

    /// <summary>A payload of the greatest length with every byte escaped, and the rest.</summary>
    private const int BodyBytesMax = (3 * RtmLimits.MessagePayloadBytesMax) + 4096;

    private static readonly FormOptions FormLimits = new()
    {
        ValueCountLimit = 16,
        KeyLengthLimit = 256,
        ValueLengthLimit = BodyBytesMax,
        MultipartBodyLengthLimit = BodyBytesMax,
        MultipartHeadersCountLimit = 8,
        MultipartHeadersLengthLimit = 1024,
    };

    /// <summary>A user's messages by this way, at this gateway; null when there is no limit.</summary>
    private readonly RateTable<UserId>? _rate =
        rates.Value.MessagesPerSecond > 0 ? new(rates.Value.MessagesPerSecond, clock) : null;

    public async Task HandleAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.AccessControlAllowOrigin = "*";
        headers.AccessControlAllowMethods = Methods;
        headers.AccessControlAllowHeaders = "Content-Type, Authorization, X-Requested-With";
        if (HttpMethods.IsOptions(context.Request.Method))
            return;
        if (!HttpMethods.IsPost(context.Request.Method))
        {
            headers.Allow = Methods;
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            return;
        }

        headers.CacheControl = "no-store";
        await context.Response.WriteAsJsonAsync(
            await AnswerAsync(context), RoomMessageJsonContext.Readable.RoomMessageReply,
            cancellationToken: context.RequestAborted);
    }

    private async Task<RoomMessageReply> AnswerAsync(HttpContext context)
    {
        var token = Check(context.Request);
        if (token.Refusal is { } refusal)
            return new(options.Value.SignInCode1001 ? SignInFirstCode : FailureCode, RoomTexts.Of(refusal));
        if (await ReadAsync(context) is not { RoomId: { Length: > 0 } roomId, Msg: { Length: > 0 } text }
            || !ChannelName.TryParse(roomId, out var room))
            return new(FailureCode, RoomTexts.InvalidParameter);
        var payload = GoJsonText.Encode(text);
        if (payload.Length > RtmLimits.MessagePayloadBytesMax)
            return new(FailureCode, RoomTexts.InvalidParameter);
        var outcome = await PublishAsync(token.Value!, room, payload);
        return outcome.Refusal is { } refused
            ? new(FailureCode, RoomTexts.Of(refused))
            : new(SuccessCode, RoomTexts.Success);
    }

    private Outcome<VerifiedToken?> Check(HttpRequest request)
    {
        if (request.Headers.Authorization is not [{ } header] || !header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return ErrorCode.InvalidToken;
        var token = signIn.Check(header[Scheme.Length..].Trim(' '));
        return token is { IsAccepted: true, Value: null } ? ErrorCode.InvalidToken : token;
    }

    private async Task<Outcome<Done>> PublishAsync(VerifiedToken token, ChannelName room, byte[] payload)
    {
        var user = new UserId(token.UserId);
        if (token.Permissions is { } permissions && !permissions.Allows(AccessKind.Write, ChannelType.Message, room.Value))
            return ErrorCode.LoginNotAuthorized;
        if (_rate is not null && !_rate.TryTake(user, out _))
            return ErrorCode.ChannelPublishMessageTooFrequent;
        if (!calls.TryBegin())
            return ErrorCode.ChannelNotAvailable;
        try
        {
            var published = await channels.PublishAsync(
                calls.Order, calls.Session, user, room, new(MessageType.String, payload), idempotencyKey: null,
                isKept: false, MessageLevel.Important);
            return published.IsAccepted ? default(Done) : published.As<Done>();
        }
        finally
        {
            calls.End();
        }
    }

    /// <summary>What is to be sent, or null when a field is repeated or malformed.</summary>
    private static async Task<RoomMessageRequest?> ReadAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = BodyBytesMax;
        try
        {
            return context.Request switch
            {
                { HasFormContentType: true } => FromForm(
                    await context.Request.ReadFormAsync(FormLimits, context.RequestAborted)),
                _ when context.Request.HasJsonContentType() => await FromJsonAsync(context),
                _ => null,
            };
        }
        catch (Exception malformed) when (malformed is InvalidDataException or JsonException or IOException)
        {
            return null;
        }
    }

    private static RoomMessageRequest? FromForm(IFormCollection form) =>
        form["room_id"] is [{ } room] && form["msg"] is [{ } text] ? new(room, text) : null;

    private static async Task<RoomMessageRequest?> FromJsonAsync(HttpContext context)
    {
        var reader = context.Request.BodyReader;
        var read = await reader.ReadAtLeastAsync(BodyBytesMax + 1, context.RequestAborted);
        var body = read.Buffer.Length <= BodyBytesMax ? read.Buffer.ToArray() : [];
        reader.AdvanceTo(read.Buffer.End);
        return JsonSerializer.Deserialize(body, RoomMessageJsonContext.Default.RoomMessageRequest);
    }
}

/// <summary>What <c>POST /msg</c> takes.</summary>
internal sealed record RoomMessageRequest([property: JsonPropertyName("room_id")] string? RoomId, string? Msg);

/// <summary>What <c>POST /msg</c> answers.</summary>
internal sealed record RoomMessageReply(int Code, string Msg);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(RoomMessageRequest))]
[JsonSerializable(typeof(RoomMessageReply))]
internal sealed partial class RoomMessageJsonContext : JsonSerializerContext
{
    /// <summary>Writes the Chinese texts as they are, as the original server does.</summary>
    public static RoomMessageJsonContext Readable { get; } = new(new JsonSerializerOptions(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
    });
}
