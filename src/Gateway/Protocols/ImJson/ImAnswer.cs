using System.Buffers;
using ImOrleans.Gateway.Protocols.GoJson;
using Microsoft.AspNetCore.Http;

namespace ImOrleans.Gateway.Protocols.ImJson;

/// <summary>
/// The answer to an HTTP call: <c>{"code","msg","data"}</c>, the fields of <c>data</c> in the order of their names, as Go
/// writes them. <b>Source:</b> feature row S13.
/// </summary>
/// <param name="Code">What came of it.</param>
/// <param name="Data">Texts, numbers, truth values, lists of texts, and objects of such.</param>
internal sealed record ImAnswer(ImCode Code, IReadOnlyDictionary<string, object> Data) : IResult
{
    private static readonly Dictionary<string, object> Nothing = [];

    /// <summary>An answer without data.</summary>
    public ImAnswer(ImCode code)
        : this(code, Nothing)
    {
    }

    /// <summary>The status of the answer; the original's is always 200.</summary>
    public int Status { get; init; } = StatusCodes.Status200OK;

    /// <summary>Its bytes.</summary>
    public ReadOnlyMemory<byte> ToBytes()
    {
        var writer = new ArrayBufferWriter<byte>();
        Write(writer, Code, Data);
        return writer.WrittenMemory;
    }

    /// <inheritdoc />
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = Status;
        response.ContentType = "application/json; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        await response.BodyWriter.WriteAsync(ToBytes(), httpContext.RequestAborted);
    }

    private static void Write(ArrayBufferWriter<byte> writer, ImCode code, IReadOnlyDictionary<string, object> data)
    {
        writer.Write("{\"code\":"u8);
        GoJsonText.Write(writer, (int)code);
        writer.Write(",\"msg\":"u8);
        GoJsonText.Write(writer, code.Text());
        writer.Write(",\"data\":"u8);
        WriteValue(writer, data);
        writer.Write("}"u8);
    }

    private static void WriteValue(ArrayBufferWriter<byte> writer, object value)
    {
        switch (value)
        {
            case string text:
                GoJsonText.Write(writer, text);
                break;
            case int number:
                GoJsonText.Write(writer, number);
                break;
            case bool truth:
                writer.Write(truth ? "true"u8 : "false"u8);
                break;
            case IReadOnlyDictionary<string, object> fields:
                WriteAll(writer, "{}"u8, fields.OrderBy(field => field.Key, StringComparer.Ordinal), field =>
                {
                    GoJsonText.Write(writer, field.Key);
                    writer.Write(":"u8);
                    WriteValue(writer, field.Value);
                });
                break;
            case IEnumerable<string> texts:
                WriteAll(writer, "[]"u8, texts, text => GoJsonText.Write(writer, text));
                break;
            default:
                throw new ArgumentException($"There is no form for {value.GetType().Name}.", nameof(value));
        }
    }

    private static void WriteAll<T>(
        ArrayBufferWriter<byte> writer, ReadOnlySpan<byte> brackets, IEnumerable<T> items, Action<T> write)
    {
        writer.Write(brackets[..1]);
        var isFirst = true;
        foreach (var item in items)
        {
            if (!isFirst)
                writer.Write(","u8);
            isFirst = false;
            write(item);
        }

        writer.Write(brackets[1..]);
    }
}
