using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ImOrleans.Gateway.Auth;

/// <summary><c>POST /tk</c> of the chat room protocol: a token for whichever user is asked for.</summary>
/// <remarks>
/// Fields: <c>uid</c>, the user id; <c>ttl</c>, our extension, the token's life in seconds, 1 to 86400 or
/// <c>Auth:TokenLifetimeMax</c>, whichever is less, and that by default. They come as a form, as multipart or as a JSON
/// object. The answer is always 200: <c>{"code":1,"msg":"suc","data":"&lt;jwt&gt;"}</c>, or for a field that is
/// missing, repeated or malformed <c>{"code":0,"msg":"参数错误"}</c>. Any origin may call; OPTIONS is 200, other
/// methods are 405.
/// </remarks>
internal sealed partial class TestTokenEndpoint(
    TokenIssuer issuer,
    IUserIdRule userIds,
    TimeProvider time,
    IOptions<AuthOptions> options,
    ILogger<TestTokenEndpoint> logger)
{
    private const int BodyBytesMax = 16 * 1024;
    private const int LifetimeSecondsMax = 24 * 3600;
    private const string Methods = "POST, OPTIONS";

    private static readonly FormOptions FormLimits = new()
    {
        ValueCountLimit = 16,
        KeyLengthLimit = 256,
        ValueLengthLimit = 4 * 1024,
        MultipartBodyLengthLimit = BodyBytesMax,
        MultipartHeadersCountLimit = 8,
        MultipartHeadersLengthLimit = 1024,
    };

    private int SecondsMax =>
        (int)Math.Min(LifetimeSecondsMax, options.Value.TokenLifetimeMax.TotalSeconds);

    public async Task HandleAsync(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.AccessControlAllowOrigin = "*";
        headers.AccessControlAllowMethods = Methods;
        headers.AccessControlAllowHeaders = "Content-Type, Authorization, X-Requested-With";
        if (HttpMethods.IsOptions(context.Request.Method)) return;
        if (!HttpMethods.IsPost(context.Request.Method))
        {
            headers.Allow = Methods;
            context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            return;
        }

        headers.CacheControl = "no-store";
        var reply = await ReadAsync(context) is { } order
            ? new TestTokenReply(1, "suc", issuer.Issue(order, time.GetUtcNow()))
            : new TestTokenReply(0, "参数错误");
        if (reply.Data is not null) LogTestTokenIssued(logger);
        await context.Response.WriteAsJsonAsync(
            reply, TestTokenJsonContext.Readable.TestTokenReply, cancellationToken: context.RequestAborted);
    }

    /// <summary>What is asked for, or null if a field is missing, repeated or malformed.</summary>
    private async Task<TokenOrder?> ReadAsync(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = BodyBytesMax;
        TestTokenRequest? request;
        try
        {
            request = context.Request switch
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

        if (request is not { Uid: { Length: > 0 } userId } || !userIds.IsValid(userId)) return null;
        var seconds = request.Ttl ?? SecondsMax;
        return seconds >= 1 && seconds <= SecondsMax ? new TokenOrder(userId, TimeSpan.FromSeconds(seconds)) : null;
    }

    private static TestTokenRequest? FromForm(IFormCollection form)
    {
        if (form["uid"] is not [{ } userId]) return null;
        return form["ttl"] switch
        {
            [] => new TestTokenRequest(userId, null),
            [var text] when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) =>
                new TestTokenRequest(userId, seconds),
            _ => null,
        };
    }

    private static async Task<TestTokenRequest?> FromJsonAsync(HttpContext context)
    {
        var reader = context.Request.BodyReader;
        var read = await reader.ReadAtLeastAsync(BodyBytesMax + 1, context.RequestAborted);
        var body = read.Buffer.Length <= BodyBytesMax ? read.Buffer.ToArray() : [];
        reader.AdvanceTo(read.Buffer.End);
        return JsonSerializer.Deserialize(body, TestTokenJsonContext.Default.TestTokenRequest);
    }
}

/// <summary>What <c>POST /tk</c> takes.</summary>
internal sealed record TestTokenRequest(string? Uid, int? Ttl);

/// <summary>What <c>POST /tk</c> answers.</summary>
internal sealed record TestTokenReply(
    int Code,
    string Msg,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Data = null);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(TestTokenRequest))]
[JsonSerializable(typeof(TestTokenReply))]
internal sealed partial class TestTokenJsonContext : JsonSerializerContext
{
    /// <summary>Writes the Chinese texts as they are, as the original server does.</summary>
    public static TestTokenJsonContext Readable { get; } = new(new JsonSerializerOptions(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
    });
}
