using System.Text;
using ImOrleans.Gateway.Protocols.ImJson;

namespace ImOrleans.Gateway.Tests.Protocols.ImJson;

/// <summary>The bytes of each kind of frame and answer, written by hand from feature rows S2, S3 and S10 to S13.</summary>
public sealed class ImFramesTests
{
    [Theory]
    [InlineData(200, "Success")]
    [InlineData(1000, "未登录")]
    [InlineData(1001, "参数不合法")]
    [InlineData(1002, "非法的用户Id")]
    [InlineData(1003, "未授权")]
    [InlineData(1004, "系统错误")]
    [InlineData(1005, "没有数据")]
    [InlineData(1006, "添加错误")]
    [InlineData(1007, "删除错误")]
    [InlineData(1008, "存储错误")]
    [InlineData(1009, "操作失败")]
    [InlineData(1010, "路由不存在")]
    [InlineData(0, "未定义错误类型!")]
    public void A_reply_has_the_code_and_its_text(int code, string text) => Assert.Equal(
        $$$"""{"seq":"7","cmd":"login","response":{"code":{{{code}}},"codeMsg":"{{{text}}}","data":null}}""",
        Text(ImFrames.Reply(new("7", "login", default), (ImCode)code)));

    [Fact]
    public void A_reply_may_have_data() => Assert.Equal(
        """{"seq":"","cmd":"ping","response":{"code":200,"codeMsg":"Success","data":"pong"}}""",
        Text(ImFrames.Reply(new("", "ping", default), ImCode.Success, "pong")));

    [Fact]
    public void What_is_no_request_is_told_so() => Assert.Equal("数据不合法", Text(ImFrames.NoRequest));

    [Fact]
    public void A_push_has_the_fields_in_the_order_of_the_original() => Assert.Equal(
        """{"seq":"s1","cmd":"enter","response":{"code":200,"codeMsg":"Ok","data":{"target":"","type":"text","msg":"哈喽~","from":"ann"}}}""",
        Text(ImFrames.Push("s1", "enter", new("ann", "哈喽~"))));

    [Theory]
    [InlineData("a<b>&c", """a\u003cb\u003e\u0026c""")]
    [InlineData("\"\\/", "\\\"\\\\/")]
    [InlineData("\b\f\n\r\t\u0001\u001f\u007f", "\\u0008\\u000c\\n\\r\\t\\u0001\\u001f\u007f")]
    [InlineData("\u2027\u2028\u2029\u202a", "\u2027\\u2028\\u2029\u202a")]
    [InlineData("你好😀é+'", "你好😀é+'")]
    public void Texts_are_escaped_as_Go_does(string text, string escaped) => Assert.Equal(
        $$$"""{"seq":"{{{escaped}}}","cmd":"c","response":{"code":1010,"codeMsg":"路由不存在","data":null}}""",
        Text(ImFrames.Reply(new(text, "c", default), ImCode.RoutingNotExist)));

    [Fact]
    public void Halves_of_surrogate_pairs_are_marked() => Assert.Equal(
        """{"seq":"\ufffdx\ufffd","cmd":"\ufffd","response":{"code":1010,"codeMsg":"路由不存在","data":null}}""",
        Text(ImFrames.Reply(new("\ud83dx\ude00", "\ud83d", default), ImCode.RoutingNotExist)));

    [Fact]
    public void Every_text_is_read_back_as_it_was_written()
    {
        var text = string.Concat(Enumerable.Range(0, 0xD800).Select(unit => (char)unit)) + "😀\uFFFF";
        var frame = ImFrames.Reply(new(text, "c", default), ImCode.Success);
        Assert.True(ImRequest.TryRead(frame, out var request));
        Assert.Equal(text, request.Seq);
    }

    [Fact]
    public void An_answer_over_HTTP_has_its_data_in_the_order_of_the_names()
    {
        Assert.Equal("""{"code":1003,"msg":"未授权","data":{}}""", Text(new ImAnswer(ImCode.Unauthorized).ToBytes()));
        Assert.Equal(
            """{"code":200,"msg":"Success","data":{"a":true,"b":{"n":-5},"c":["x","\u003c"],"d":[]}}""",
            Text(new ImAnswer(ImCode.Success, new Dictionary<string, object>
            {
                ["d"] = new List<string>(),
                ["c"] = new List<string> { "x", "<" },
                ["b"] = new Dictionary<string, object> { ["n"] = -5 },
                ["a"] = true,
            }).ToBytes()));
    }

    private static string Text(ReadOnlyMemory<byte> frame) => Encoding.UTF8.GetString(frame.Span);
}
